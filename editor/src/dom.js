/** An element. `attributes` are set as attributes, functions among them as listeners ("onclick"), null is left out. */
export function el(tag, attributes = {}, ...children) {
  const node = document.createElement(tag)
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "function") node.addEventListener(name.slice(2), value)
    else if (value === true) node.setAttribute(name, "")
    else if (value !== null && value !== false && value !== undefined) node.setAttribute(name, value)
  }
  node.append(...children.filter((child) => child !== null && child !== undefined && child !== false))
  return node
}

/** A button that leaves the selection in the text where it is: it acts when pressed, and on a click from the keyboard. */
export function press(label, act, attributes = {}) {
  const button = el("button", { type: "button", ...attributes }, label)
  button.addEventListener("mousedown", (event) => {
    event.preventDefault()
    if (event.button === 0) act(event)
  })
  button.addEventListener("click", (event) => event.detail === 0 && act(event))
  return button
}

export function counted(number, word) {
  return `${number.toLocaleString("en")} ${word}${number === 1 ? "" : "s"}`
}
