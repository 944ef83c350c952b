"""What checks of several groups share: the wording of fixes, who explains whom, certificates, index patterns."""
