/** Labels: their names, colours, keys and order. */
import { AppError } from '../../shared/errors.ts'
import type { Label, LabelId } from '../../shared/model.ts'
import type { Connection } from './connection.ts'
import { ColorPicker } from './palette.ts'

type Row = Omit<Label, 'source'> & { readonly source: string | null }

const COLUMNS = 'id, name, color, key, sort AS "order", source'
const KEYS = ['1', '2', '3', '4', '5', '6', '7', '8', '9']

export class Labels {
  readonly #connection: Connection
  readonly #insert
  readonly #restore
  readonly #list
  readonly #get
  readonly #byName
  readonly #update
  readonly #setOrder
  readonly #remove
  readonly #counts
  readonly #countsByState

  constructor(connection: Connection) {
    this.#connection = connection
    this.#insert = connection.prepare('INSERT INTO labels (name, color, key, sort, source) VALUES (?, ?, ?, ?, ?)')
    this.#restore = connection.prepare('INSERT INTO labels (id, name, color, key, sort, source) VALUES (?, ?, ?, ?, ?, ?)')
    this.#list = connection.prepare<Row>(`SELECT ${COLUMNS} FROM labels ORDER BY sort, id`)
    this.#get = connection.prepare<Row>(`SELECT ${COLUMNS} FROM labels WHERE id = ?`)
    this.#byName = connection.prepare<Row>(`SELECT ${COLUMNS} FROM labels WHERE name = ?`)
    this.#update = connection.prepare('UPDATE labels SET name = ?, color = ?, key = ? WHERE id = ?')
    this.#setOrder = connection.prepare('UPDATE labels SET sort = ? WHERE id = ?')
    this.#remove = connection.prepare('DELETE FROM labels WHERE id = ?')
    this.#counts = connection.prepare<{ id: LabelId; count: number }>(
      'SELECT label_id AS id, count(*) AS count FROM annotations GROUP BY label_id',
    )
    this.#countsByState = connection.prepare<{ label: string; accepted: number; proposed: number }>(
      `SELECT name AS label, count(*) FILTER (WHERE state = 'accepted') AS accepted, count(*) FILTER (WHERE state = 'proposed') AS proposed
       FROM labels LEFT JOIN annotations ON label_id = labels.id GROUP BY labels.id ORDER BY sort, labels.id`,
    )
  }

  /**
   * The label with this name, made where it is not there yet: with the next colour that colour-blind eyes can tell
   * apart and the next free key of 1-9. `source` keeps what a foreign file says about it, e.g. a COCO id.
   */
  ensure(name: string, source: Label['source'] = null): Label {
    return this.ensureAll([{ name, source }])[0]!
  }

  /** The same for many at once, in one transaction. */
  ensureAll(wanted: readonly Pick<Label, 'name' | 'source'>[]): Label[] {
    return this.#connection.transaction(() => {
      const missing = wanted.some(({ name }) => !this.#byName.get(cleaned(name)))
      const labels = missing ? this.list() : []
      const keys = KEYS.filter((free) => labels.every((label) => label.key !== free))
      const colors = new ColorPicker(labels.map((label) => label.color))
      let order = labels.reduce((most, label) => Math.max(most, label.order), -1)
      return wanted.map(({ name, source }) => {
        const known = this.#byName.get(cleaned(name))
        if (known) return labelOf(known)
        const { id } = this.#insert.run(cleaned(name), colors.next(), keys.shift() ?? null, ++order, source && JSON.stringify(source))
        return this.get(id as LabelId)
      })
    })
  }

  /** Puts back a label that was removed, with its id, as the last one. Its key goes where another label has it by now. */
  restore({ id, name, color, key, source }: Label): Label {
    return this.#connection.transaction(() => {
      const labels = this.list()
      if (labels.some((label) => label.id === id)) throw new AppError('invalid-argument', `Label ${String(id)} is still there.`, { labelId: id })
      const other = this.byName(name)
      if (other) throw new AppError('invalid-argument', `There is a label "${other.name}" by now: rename it, then bring back the other.`)
      const free = labels.every((label) => label.key !== key) ? key : null
      const order = Math.max(-1, ...labels.map((label) => label.order)) + 1
      this.#restore.run(id, cleaned(name), color, free, order, source && JSON.stringify(source))
      return this.get(id)
    })
  }

  /** In their order. */
  list(): Label[] {
    return this.#list.all().map(labelOf)
  }

  /** Throws `not-found`. */
  get(id: LabelId): Label {
    const row = this.#get.get(id)
    if (!row) throw new AppError('not-found', `Label ${String(id)} is not in this project.`, { labelId: id })
    return labelOf(row)
  }

  byName(name: string): Label | null {
    const row = this.#byName.get(cleaned(name))
    return row ? labelOf(row) : null
  }

  /** Throws `invalid-argument` where another label has this name. */
  rename(id: LabelId, name: string): Label {
    const other = this.byName(name)
    if (other && other.id !== id) throw new AppError('invalid-argument', `There is a label "${other.name}" already.`)
    return this.#change(id, { name: cleaned(name) })
  }

  /** `color` as #rrggbb. */
  recolour(id: LabelId, color: string): Label {
    if (!/^#[0-9a-f]{6}$/i.test(color)) throw new AppError('invalid-argument', `"${color}" is not a colour like #e69f00.`)
    return this.#change(id, { color: color.toLowerCase() })
  }

  /** Gives the label a key, or none; a label that had it loses it. */
  setKey(id: LabelId, key: string | null): Label {
    return this.#connection.transaction(() => {
      const holder = key === null ? undefined : this.list().find((label) => label.key === key && label.id !== id)
      if (holder) this.#change(holder.id, { key: null })
      return this.#change(id, { key })
    })
  }

  /** Puts the labels in the order of `ids`; those not named follow in the order they had. */
  reorder(ids: readonly LabelId[]): Label[] {
    return this.#connection.transaction(() => {
      const named = ids.map((id) => this.get(id).id)
      const rest = this.list().filter(({ id }) => !named.includes(id))
      const order = [...named, ...rest.map(({ id }) => id)]
      order.forEach((id, position) => this.#setOrder.run(position, id))
      return this.list()
    })
  }

  /** Throws `invalid-argument` while annotations have it: move or remove those first. */
  remove(id: LabelId): void {
    this.get(id)
    this.#remove.run(id)
  }

  /** How many annotations each label has; labels without any are not in it. */
  counts(): Map<LabelId, number> {
    return new Map(this.#counts.all().map(({ id, count }) => [id, count]))
  }

  /** In the order of the labels, those without annotations too. */
  countsByState(): { label: string; accepted: number; proposed: number }[] {
    return this.#countsByState.all()
  }

  #change(id: LabelId, fields: Partial<Pick<Label, 'name' | 'color' | 'key'>>): Label {
    const { name, color, key } = { ...this.get(id), ...fields }
    this.#update.run(name, color, key, id)
    return this.get(id)
  }
}

function labelOf(row: Row): Label {
  return { ...row, source: row.source === null ? null : (JSON.parse(row.source) as Label['source']) }
}

/** One spelling per name: no space around it, Unicode normal form C. */
function cleaned(name: string): string {
  const clean = name.trim().normalize('NFC')
  if (!clean) throw new AppError('invalid-argument', 'A label needs a name.')
  return clean
}
