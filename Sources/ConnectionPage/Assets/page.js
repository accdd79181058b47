// What lives on a page: parts that the server sends anew, and small comforts. Everything works without it.
"use strict";

// An element with data-live names an address of server-sent events. Each event "part" has the id of an element and the
// HTML that the server made for it; "reload" says that the page itself has changed.
for (const area of document.querySelectorAll("[data-live]")) {
  const state = document.getElementById("live-state");
  const say = (words) => { if (state && state.textContent !== words) state.textContent = words; };
  const replace = (event) => {
    const part = JSON.parse(event.data);
    const element = document.getElementById(part.id);
    if (!element) return;
    // A form that a person is filling in, or a question that is open, is not taken away.
    if (element.querySelector("details[open]") || element.contains(document.activeElement)
      && document.activeElement.matches("input, select, textarea")) return;
    element.innerHTML = part.html;
  };
  const listen = () => {
    const source = new EventSource(area.dataset.live);
    source.addEventListener("part", replace);
    // The session is over: to come back would lead to the way in and not to events.
    source.addEventListener("ended", () => source.close());
    source.addEventListener("reload", () => location.reload());
    source.addEventListener("open", () => say(""));
    source.addEventListener("error", () => {
      say("No contact with Inflow. The page tries again by itself.");
      // A browser tries again by itself where nobody answers, and gives up where something else answers, as a proxy does
      // whose server is away.
      if (source.readyState === EventSource.CLOSED) setTimeout(listen, 5000);
    });
  };
  listen();
}

// A press is sent once.
document.addEventListener("submit", (event) => {
  for (const button of event.target.querySelectorAll("button[type=submit]")) {
    setTimeout(() => { button.disabled = true; }, 0);
    setTimeout(() => { button.disabled = false; }, 4000);
  }
});

// Links with dates fill the form that they name instead of leaving the page.
document.addEventListener("click", (event) => {
  const link = event.target.closest("[data-fill-from]");
  if (!link) return;
  const from = document.getElementById("from");
  const to = document.getElementById("to");
  if (!from || !to) return;
  event.preventDefault();
  from.value = link.dataset.fillFrom;
  to.value = link.dataset.fillTo;
  from.scrollIntoView({ block: "center" });
  from.focus();
});

// Copies a text that is shown beside the button.
document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy]");
  if (!button) return;
  const text = document.getElementById(button.dataset.copy);
  if (!text) return;
  await navigator.clipboard.writeText(text.textContent);
  button.textContent = "Copied";
});
