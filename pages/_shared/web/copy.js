// The draft on the clipboard as a word processor takes it, with plain text beside it. Nothing is made before the click.
async function fetched(address) {
  const answer = await fetch(address)
  if (!answer.ok) throw new Error((await answer.json().catch(() => ({}))).detail ?? "The draft could not be read.")
  return answer.text()
}

async function rich(data) {
  const page = new DOMParser().parseFromString(await fetched(`${data.address}/html?style=${data.style}`), "text/html")
  for (const back of page.querySelectorAll('.notes a[href^="#mark"]')) back.remove()
  for (const link of page.querySelectorAll('a[href^="#"]')) link.replaceWith(...link.childNodes)
  return page.querySelector("article").outerHTML
}

function byCommand(html, text) { // where a browser has no clipboard for pages: addresses without https
  const put = event => {
    event.preventDefault()
    event.clipboardData.setData("text/html", html)
    event.clipboardData.setData("text/plain", text)
  }
  document.addEventListener("copy", put, { once: true })
  if (!document.execCommand("copy")) {
    document.removeEventListener("copy", put)
    throw new Error("This browser does not let pages copy.")
  }
}

async function copied(data) {
  const html = rich(data), text = fetched(`${data.address}/text?style=${data.style}`)
  if (!navigator.clipboard?.write) return byCommand(await html, await text)
  const blob = (made, type) => made.then(content => new Blob([content], { type }))
  await navigator.clipboard.write([new ClipboardItem({ "text/html": blob(html, "text/html"), "text/plain": blob(text, "text/plain") })])
}

export default function ({ data, parentElement }) {
  const root = parentElement.querySelector(".root")
  root.replaceChildren()
  const button = document.createElement("button")
  button.type = "button"
  button.textContent = "Copy as rich text"
  const said = document.createElement("span")
  said.setAttribute("role", "status")
  button.onclick = async () => {
    said.textContent = ""
    try {
      await copied(data)
      said.textContent = "Copied"
    } catch (error) {
      said.textContent = error.message || "It could not be copied."
    }
  }
  root.append(button, said)
}
