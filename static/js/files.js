// The list of chosen files beside a native file field: names, sizes, take away again.

const UNITS = ["byte", "kilobyte", "megabyte", "gigabyte"];

export function size(bytes) {
  const step = bytes < 1000 ? 0 : Math.min(3, Math.floor(Math.log10(bytes) / 3));
  const format = { style: "unit", unit: UNITS[step], maximumFractionDigits: step > 1 ? 1 : 0 };
  return new Intl.NumberFormat(document.documentElement.lang, format).format(bytes / 1000 ** step);
}

export class ChosenFiles {
  #field;
  #list;
  #files = [];

  /** `list` holds a <template> of one row; data-max-bytes is the limit of one file. */
  constructor(field, list) {
    this.#field = field;
    this.#list = list;
    field.addEventListener("change", () => this.add([...field.files]));
    list.addEventListener("click", (event) => {
      const row = event.target.closest("[data-remove]")?.closest("li");
      if (row) this.#remove([...list.querySelectorAll("li")].indexOf(row));
    });
  }

  get count() {
    return this.#files.length;
  }

  add(files) {
    const known = new Set(this.#files.map((file) => `${file.name}/${file.size}/${file.lastModified}`));
    const fresh = files.filter((file) => !known.has(`${file.name}/${file.size}/${file.lastModified}`));
    this.#files.push(...fresh);
    this.#show();
  }

  clear() {
    this.#files = [];
    this.#show();
  }

  #remove(index) {
    this.#files.splice(index, 1);
    this.#show();
    this.#field.focus();
  }

  #show() {
    const transfer = new DataTransfer();
    for (const file of this.#files) transfer.items.add(file);
    this.#field.files = transfer.files;
    for (const row of this.#list.querySelectorAll("li")) row.remove();
    this.#list.append(...this.#files.map((file) => this.#row(file)));
    this.#field.dispatchEvent(new CustomEvent("files-changed", { bubbles: true }));
  }

  #row(file) {
    const row = this.#list.querySelector("template").content.firstElementChild.cloneNode(true);
    row.querySelector("[data-name]").textContent = file.name;
    row.querySelector("[data-size]").textContent = size(file.size);
    const tooLarge = file.size > Number(this.#list.dataset.maxBytes || Infinity);
    if (tooLarge) row.dataset.s = "late";
    row.querySelector("[data-too-large]").hidden = !tooLarge;
    return row;
  }
}
