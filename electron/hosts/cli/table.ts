/** Formats rows as aligned columns; a column of numbers is aligned to the right. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
	const all = [head, ...rows];
	const columns = head.map((_, index) => {
		const width = Math.max(...all.map((row) => length(row[index] ?? '')));
		const numeric = rows.length > 0 && rows.every((row) => /^[\d.,]+( [KMGT]?i?B)?$/.test(row[index] ?? ''));
		return { width, numeric };
	});
	return all
		.map((row) =>
			columns
				.map(({ width, numeric }, index) => {
					const cell = row[index] ?? '';
					const room = ' '.repeat(width - length(cell));
					return numeric ? room + cell : cell + room;
				})
				.join('  ')
				.trimEnd(),
		)
		.join('\n');
}

/** What a list without rows says: how to make the first of them, or that all `things` are in the trash. */
export function emptyList(none: string, things: string, inTrash: number, command: string): string {
	return inTrash === 0 ? none : `All ${things} are in the trash. See them: assay ${command} --trash`;
}

const segmenter = new Intl.Segmenter();

/** Counts characters as people do. */
function length(text: string): number {
	return [...segmenter.segment(text)].length;
}

/** Puts a text on one line, short enough for a column. */
export function oneLine(text: string, maxLength: number): string {
	const line = text.replace(/\s+/g, ' ').trim();
	const characters = [...segmenter.segment(line)];
	if (characters.length <= maxLength) return line;
	return `${characters
		.slice(0, maxLength - 1)
		.map(({ segment }) => segment)
		.join('')}…`;
}

/** Formats local time to the minute. What was imported may have no time: 0. */
export function moment(milliseconds: number): string {
	if (milliseconds === 0) return 'time unknown';
	const date = new Date(milliseconds);
	const two = (value: number) => String(value).padStart(2, '0');
	const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
	return `${day} ${two(date.getHours())}:${two(date.getMinutes())}`;
}

/** "1 backup", "1,200 backups". */
export function counted(count: number, noun: string): string {
	return `${count.toLocaleString('en')} ${noun}${count === 1 ? '' : 's'}`;
}
