import { useEffect, useState } from 'react';
import { ChangedDot } from '../design/changed-dot.tsx';
import { TextField } from '../design/text-field.tsx';

/** The most that a request takes. */
const maxStops = 16;

/** Texts before which an answer ends, `|` between them; `\n` stands for a line break. Stored when the field is left. */
export function StopSequencesField({
	stop,
	changed,
	onChange,
}: {
	stop: readonly string[];
	changed: boolean;
	onChange: (stop: string[]) => void;
}) {
	const stored = formatStops(stop);
	const [text, setText] = useState(stored);
	useEffect(() => setText(stored), [stored]);
	return (
		<TextField
			label={
				<>
					Stop at
					{changed ? <ChangedDot /> : null}
				</>
			}
			placeholder="Nothing"
			mono
			spellCheck={false}
			title="The answer ends before any of these texts. | between them, \n for a line break."
			value={text}
			onChange={(event) => setText(event.target.value)}
			onBlur={() => {
				if (text !== stored) onChange(parseStops(text));
			}}
			onKeyDown={(event) => {
				if (event.key === 'Enter') event.currentTarget.blur();
			}}
		/>
	);
}

const escapes: readonly (readonly [string, string])[] = [
	['\\', '\\\\'],
	['\n', '\\n'],
	['|', '\\|'],
];

/** As the field shows them. */
export function formatStops(stop: readonly string[]): string {
	return stop
		.map((one) => escapes.reduce((text, [plain, escaped]) => text.replaceAll(plain, escaped), one))
		.join(' | ');
}

/** What the field's text means. White space around each is not part of it. */
export function parseStops(text: string): string[] {
	const parts = text.match(/(?:\\.|[^|\\])+/gs) ?? [];
	return parts
		.map((part) => part.trim().replaceAll(/\\(.)/gs, (_, one: string) => (one === 'n' ? '\n' : one)))
		.filter((part) => part !== '')
		.slice(0, maxStops);
}
