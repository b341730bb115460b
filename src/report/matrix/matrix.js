const squares = document.querySelectorAll("button[data-cause]");
for (const square of squares) {
  square.addEventListener("click", () => {
    document.getElementById("hint").hidden = true;
    for (const section of document.querySelectorAll("#trace section")) {
      section.hidden = section.id !== `cause-${square.dataset.cause}`;
    }
    for (const other of squares) {
      other.setAttribute("aria-pressed", String(other === square));
    }
  });
}
