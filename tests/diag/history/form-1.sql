-- A file of the first form, as the release wrote it that had this form. Made by SQLite's .dump; never changed.
PRAGMA application_id = 1684627815;
PRAGMA user_version = 1;
BEGIN TRANSACTION;
CREATE TABLE event (
            cursor INTEGER PRIMARY KEY, at INTEGER NOT NULL, cluster TEXT NOT NULL, remote TEXT NOT NULL,
            kind TEXT NOT NULL, subject TEXT NOT NULL, before TEXT NOT NULL, after TEXT NOT NULL
        );
INSERT INTO "event" VALUES(1768478400000000,1768478400000000,'eu','','appeared','','','ok');
INSERT INTO "event" VALUES(1768478400000001,1768478400000000,'eu','logs','appeared','','','ok');
INSERT INTO "event" VALUES(1768478520000000,1768478520000000,'eu','logs','status','','ok','fail');
INSERT INTO "event" VALUES(1768478520000001,1768478520000000,'eu','logs','root_cause','','','tls/expired, auth/key-invalid');
CREATE TABLE forgotten (at INTEGER NOT NULL);
CREATE TABLE looked (cluster TEXT PRIMARY KEY, at INTEGER NOT NULL);
INSERT INTO "looked" VALUES('eu',1768478520000000);
CREATE TABLE state (
            cluster TEXT NOT NULL, remote TEXT NOT NULL, status TEXT, since INTEGER NOT NULL,
            root_causes TEXT NOT NULL, facts TEXT NOT NULL, PRIMARY KEY (cluster, remote)
        );
INSERT INTO "state" VALUES('eu','','ok',1768478400000000,'[]','[["release", "declared", {"": "8.15.3"}], ["license", "api", {"": "enterprise, active"}], ["identity", "api", {"": "search-eu (local-uuid)"}]]');
INSERT INTO "state" VALUES('eu','logs','fail',1768478520000000,'["tls/expired", "auth/key-invalid"]','[["release", "declared", {"": "8.15.3"}], ["license", "api", {"": "enterprise, active"}], ["identity", "api", {"": "logs (remote-uuid)"}], ["setting", "registered", {"mode": "proxy", "proxy_address": "logs.example:9443", "server_name": "logs.example", "skip_unavailable": "true"}], ["address", "dns", {"logs.example:9443": "192.0.2.10"}], ["certificate", "shown", {"192.0.2.10:9443": "CN=logs.example until 2027-06-01, SHA-256 1eaf000000000000000000000000000000000000000000000000000000000000"}], ["certificate", "trusted", {"certs/remote-server-ca.pem": "CN=Remote Server CA until 2034-01-01, SHA-256 ca00000000000000000000000000000000000000000000000000000000000000"}]]');
CREATE INDEX event_of_remote ON event (cluster, remote, cursor);
COMMIT;
