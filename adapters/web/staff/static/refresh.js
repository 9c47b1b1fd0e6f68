/* The board is asked for again while somebody looks at it; without this script there is the link "Refresh". */
"use strict";
const EVERY = 30000;
async function refresh() {
  const board = document.getElementById("board");
  if (document.hidden || !board || board.contains(document.activeElement)) return;
  try {
    const answer = await fetch(location.href, { credentials: "same-origin", redirect: "error" });
    if (!answer.ok) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const fresh = page.getElementById("board");
    if (fresh) board.replaceChildren(...fresh.childNodes);
  } catch { /* The server is away for the moment; the next try may find it. */ }
}
setInterval(refresh, EVERY);
