import { useEffect, useState } from 'react';
import { ChangedDot } from '../design/changed-dot.tsx';
import { TextField } from '../design/text-field.tsx';
import { t } from '../messages/t.ts';

/** Most stop sequences that a request accepts. */
const maxStops = 16;

/**
 * Stop sequences: texts that end an answer, separated by `|`; `\n` is a line break. Stored when the field loses focus.
 */
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
					{t('Stop at')}
					{changed ? <ChangedDot /> : null}
				</>
			}
			placeholder={t('None')}
			mono
			spellCheck={false}
			title={t('The answer ends before any of these. Separate them with |; \\n is a line break.')}
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

/** Formats the stop sequences for the field. */
export function formatStops(stop: readonly string[]): string {
	return stop
		.map((one) => escapes.reduce((text, [plain, escaped]) => text.replaceAll(plain, escaped), one))
		.join(' | ');
}

/** Parses the field's text; ignores white space around each sequence. */
export function parseStops(text: string): string[] {
	const parts = text.match(/(?:\\.|[^|\\])+/gs) ?? [];
	return parts
		.map((part) => part.trim().replaceAll(/\\(.)/gs, (_, one: string) => (one === 'n' ? '\n' : one)))
		.filter((part) => part !== '')
		.slice(0, maxStops);
}
