// Asking the server: one request for each suggestion, answered line by line. Aborting it stops the provider.
import { sentence } from "../saving.js"

/** Calls `hear(message)` for each line until the stream ends. Throws an Error with a sentence when it cannot. */
export async function ask(url, body, hear, signal) {
  const answer = await fetch(url, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body), signal })
  if (!answer.ok) throw new Error(await sentence(answer))
  const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader()
  let rest = ""
  for (;;) {
    const { value, done } = await reader.read()
    const lines = (rest + (value ?? "")).split("\n")
    rest = done ? "" : lines.pop()
    for (const line of lines) if (line.trim()) hear(JSON.parse(line))
    if (done) return
  }
}

export function actionsOf(api, draft) {
  return readOf(`${api}/edit/actions?draft=${encodeURIComponent(draft)}`)
}

/** Null where the server refuses or cannot be reached. */
export async function readOf(url) {
  const answer = await fetch(url).catch(() => null)
  return answer?.ok ? answer.json() : null
}
