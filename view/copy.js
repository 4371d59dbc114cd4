// Copies the page's address with every value, and says so; what it says is read out politely.
export default function ({ data, parentElement }) {
  const said = parentElement.querySelector("output");
  let silence;
  parentElement.querySelector("button").onclick = async () => {
    said.textContent = (await copied(data.address)) ? "Copied" : "Not copied";
    clearTimeout(silence);
    silence = setTimeout(() => (said.textContent = ""), 2500);
  };
  return () => clearTimeout(silence);
}

async function copied(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return copiedFromField(text); // where the page is not served over https, there is no clipboard
  }
}

function copiedFromField(text) {
  const field = document.body.appendChild(document.createElement("textarea"));
  field.value = text;
  field.select();
  const done = document.execCommand("copy");
  field.remove();
  return done;
}
