// Keeps a page fresh while somebody reads it: fetches it again, and changes only what changed. What is open, selected, focused or being
// typed stays as it is, and so does the place to which one has scrolled. Without this script every page works by its links and forms.
"use strict";

(() => {
  const content = document.getElementById("content");
  const state = document.getElementById("live-state");
  const announcer = document.getElementById("announcer");
  const LOOK_KEPT_MS = 120_000; // What somebody asked for is not replaced by an older round within this time.
  const LOOKING_TICK_MS = 500;
  let shownTag = null;
  let paused = false;
  let silent = false;
  let lookedAt = 0;
  let timer = 0;

  const announce = (text) => {
    announcer.textContent = text;
  };

  // ── Changing only what changed ────────────────────────────────────────────────────────────────────────────────────────────

  const keyOf = (node) => (node.nodeType === Node.ELEMENT_NODE ? node.getAttribute("data-key") : null);
  const isAlike = (old, fresh) => old.nodeName === fresh.nodeName && keyOf(old) === keyOf(fresh);

  /** Whether the reader is doing something with a node: has selected text in it, or types in it. */
  const inUse = (node) => {
    const selection = document.getSelection();
    if (selection && !selection.isCollapsed && selection.containsNode(node, true)) return true;
    const focused = document.activeElement;
    return node.nodeName === "FORM" && node.contains(focused) && focused.matches("input, select");
  };

  /** Make one node like another one. Gives false where something had to wait for the reader. */
  const change = (old, fresh) => {
    if (old.isEqualNode(fresh)) return true;
    if (old.nodeType !== Node.ELEMENT_NODE) {
      if (inUse(old)) return false;
      old.nodeValue = fresh.nodeValue;
      return true;
    }
    if (old.nodeName === "FORM" && inUse(old)) return false;
    changeAttributes(old, fresh);
    return changeChildren(old, fresh);
  };

  const changeAttributes = (old, fresh) => {
    // Whether something is open is the reader's choice once the page is there.
    const kept = old.nodeName === "DETAILS" ? "open" : "";
    for (const { name } of [...old.attributes]) if (name !== kept && !fresh.hasAttribute(name)) old.removeAttribute(name);
    for (const { name, value } of fresh.attributes)
      if (name !== kept && old.getAttribute(name) !== value) old.setAttribute(name, value);
  };

  const changeChildren = (old, fresh) => {
    const wanted = [...fresh.childNodes];
    const left = new Set(old.childNodes);
    const found = wanted.map((one) => {
      for (const candidate of left)
        if (isAlike(candidate, one)) {
          left.delete(candidate);
          return candidate;
        }
      return null;
    });
    let whole = true;
    for (const gone of left) {
      if (inUse(gone)) whole = false;
      else gone.remove();
    }
    let place = old.firstChild;
    wanted.forEach((one, index) => {
      const match = found[index];
      if (match === null) {
        old.insertBefore(document.importNode(one, true), place);
        return;
      }
      if (match === place) place = place.nextSibling;
      else old.insertBefore(match, place);
      whole = change(match, one) && whole;
    });
    return whole;
  };

  /** Show what was fetched. Gives false where something had to wait. */
  const show = (text) => {
    const page = new DOMParser().parseFromString(text, "text/html");
    const fresh = page.getElementById("content");
    if (fresh === null) return false;
    const older = Number(fresh.dataset.taken) < Number(content.dataset.taken);
    if (older && Date.now() - lookedAt < LOOK_KEPT_MS) return true;
    const summary = content.dataset.summary;
    const focused = document.activeElement;
    const anchor = [...content.querySelectorAll("[data-key]")].find((one) => one.getBoundingClientRect().top >= 0);
    const top = anchor?.getBoundingClientRect().top;
    const whole = change(content, fresh);
    document.title = page.title;
    if (window.scrollY > 0 && anchor?.isConnected) window.scrollBy(0, anchor.getBoundingClientRect().top - top);
    if (focused !== document.activeElement) {
      (focused.isConnected ? focused : content).focus({ preventScroll: true });
    }
    if (content.dataset.summary !== summary) announce(content.dataset.summary);
    return whole;
  };

  // ── Fetching ──────────────────────────────────────────────────────────────────────────────────────────────────────────────

  const describe = () => {
    state.textContent = silent ? "diag does not answer; as of " + content.dataset.now : "as of " + content.dataset.now;
    state.classList.toggle("warn", silent);
    // What nobody can confirm any more must not look well, least of all on a wall.
    document.documentElement.classList.toggle("stale", silent);
  };

  const refresh = async () => {
    try {
      // The browser asks whether what it has is still right, and gives that where it is.
      const answer = await fetch(location.href, { cache: "no-cache", headers: { accept: "text/html" } });
      if (answer.status === 404) {
        paused = true;
        document.documentElement.classList.add("stale");
        state.textContent = "this is no longer there; as of " + content.dataset.now;
        return;
      }
      if (!answer.ok) throw new Error(answer.statusText);
      const tag = answer.headers.get("etag");
      if (tag === null || tag !== shownTag) shownTag = show(await answer.text()) ? tag : null;
      if (silent) announce("diag answers again");
      silent = false;
    } catch {
      if (!silent) announce("diag does not answer");
      silent = true;
    }
    describe();
  };

  const plan = () => {
    clearTimeout(timer);
    if (paused || content.dataset.live !== "yes") return;
    timer = setTimeout(async () => {
      if (!document.hidden) await refresh();
      plan();
    }, Number(content.dataset.every) * 1000);
  };

  const pauseButton = () => {
    const button = document.createElement("button");
    button.type = "button";
    const label = () => {
      button.textContent = paused ? "Go on" : "Pause";
      button.title = paused ? "Let the page update itself" : "Keep the page as it is";
    };
    button.addEventListener("click", async () => {
      paused = !paused;
      label();
      if (!paused) await refresh();
      plan();
    });
    label();
    return button;
  };

  // ── Looking at a remote now ───────────────────────────────────────────────────────────────────────────────────────────────

  const look = async (form) => {
    const button = form.querySelector("button");
    const progress = form.querySelector("[data-progress]");
    if (button.getAttribute("aria-disabled") === "true") return;
    button.setAttribute("aria-disabled", "true");
    clearTimeout(timer);
    announce("Looking at it now");
    const started = Date.now();
    const bar = document.createElement("progress");
    bar.setAttribute("aria-label", "Looking");
    const words = document.createElement("span");
    const tick = () => {
      words.textContent = " Looking, " + Math.round((Date.now() - started) / 1000) + " s";
    };
    tick();
    progress.replaceChildren(bar, words);
    const ticking = setInterval(tick, LOOKING_TICK_MS);
    try {
      const answer = await fetch(form.action, { method: "POST", headers: { accept: "text/html" } });
      const text = await answer.text();
      if (!answer.ok) throw new Error(text);
      lookedAt = Date.now();
      shownTag = null;
      show(text);
      announce("Looked at it: " + content.dataset.summary);
    } catch (error) {
      progress.textContent = error.message;
      announce(error.message);
    } finally {
      clearInterval(ticking);
      button.removeAttribute("aria-disabled");
      describe();
      plan();
    }
  };

  document.addEventListener("submit", (event) => {
    if (!event.target.matches("form[data-look]")) return;
    event.preventDefault();
    look(event.target);
  });
  document.addEventListener("visibilitychange", async () => {
    if (document.hidden || paused) return;
    await refresh();
    plan();
  });
  document.getElementById("refresh").addEventListener("click", async (event) => {
    event.preventDefault();
    await refresh();
    plan();
  });
  if (content.dataset.live === "yes") document.querySelector(".live").append(" ", pauseButton());
  document.documentElement.classList.add("scripted");
  plan();
})();
