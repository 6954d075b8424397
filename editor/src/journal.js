// What is typed and not saved yet, kept in this browser. One record for each tab and draft, so that two tabs never
// overwrite each other's. IndexedDB rather than localStorage: no limit of 5 MB, and a killed browser has written it.
const NAME = "writer-editor"
const STORE = "unsaved"
const LAST = "writer:last-words:" // written while a page goes away, when there is no time for IndexedDB
const LOCK = "writer-editor:"
const SILENT_MS = 5000 // without locks, a tab that wrote nothing for so long has no unsaved text or is gone

export const TAB = Array.from(crypto.getRandomValues(new Uint8Array(12)), (byte) => byte.toString(16).padStart(2, "0")).join("")

let opened

function database() {
  opened ??= new Promise((resolve, reject) => {
    const request = indexedDB.open(NAME, 1)
    request.onupgradeneeded = () => request.result.createObjectStore(STORE, { keyPath: "key" })
    request.onsuccess = () => resolve(request.result)
    request.onerror = () => reject(request.error)
  })
  return opened
}

async function run(mode, work) {
  const transaction = (await database()).transaction(STORE, mode, { durability: "relaxed" })
  const request = work(transaction.objectStore(STORE))
  if (mode === "readwrite") transaction.commit?.()
  return new Promise((resolve, reject) => {
    transaction.oncomplete = () => resolve(request.result)
    transaction.onabort = transaction.onerror = () => reject(transaction.error)
  })
}

/** Resolves to false where this browser keeps nothing: the text is then in this tab and on the server only. */
export async function keep(record) {
  try {
    await run("readwrite", (store) => store.put(record))
    return true
  } catch {
    return false
  }
}

export async function forget(key) {
  try {
    localStorage.removeItem(LAST + key)
    await run("readwrite", (store) => store.delete(key))
  } catch {
    // nothing was kept that could be forgotten
  }
}

export function keepAtOnce(record) {
  try {
    localStorage.setItem(LAST + record.key, JSON.stringify(record))
  } catch {
    // full or forbidden: what IndexedDB has is then the newest
  }
}

export async function recordsOf(draft) {
  const found = new Map()
  for (const record of [...(await all()), ...lastWords()]) {
    if (record.draft === draft && !(found.get(record.key)?.at > record.at)) found.set(record.key, record)
  }
  return [...found.values()].sort((a, b) => a.at - b.at)
}

async function all() {
  try {
    return await run("readonly", (store) => store.getAll())
  } catch {
    return []
  }
}

function lastWords() {
  try {
    const keys = Object.keys(localStorage).filter((key) => key.startsWith(LAST))
    return keys.map((key) => JSON.parse(localStorage.getItem(key)))
  } catch {
    return []
  }
}

/** Tells other tabs that this one lives, until it is closed, reloaded or killed. */
export function live() {
  if (!navigator.locks) return
  let leave
  const gone = new Promise((resolve) => (leave = resolve))
  navigator.locks.request(LOCK + TAB, () => gone)
  addEventListener("pagehide", (event) => event.persisted || leave())
}

/** Resolves once the tab that wrote the record is gone. */
export function whenGone(record) {
  if (navigator.locks) return navigator.locks.request(LOCK + record.tab, () => true)
  return new Promise((resolve) => setTimeout(resolve, Math.max(0, record.at + SILENT_MS - Date.now())))
}
