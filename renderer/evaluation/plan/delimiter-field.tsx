import { useState } from 'react';
import { Select } from '../../design/select.tsx';
import { t } from '../../messages/t.ts';
import { InlineText } from './inline-fields.tsx';

const usual = [
	{ value: ' ', words: t('a space') },
	{ value: '', words: t('nothing') },
	{ value: '\n', words: t('a new line') },
] as const;

const other = 'other';

const example = String.raw`\nAnswer: `;

/** Field for the delimiter between the prompt and a choice: mostly white space, which a plain field would not show. */
export function DelimiterField({ value, onChange }: { value: string; onChange: (value: string) => void }) {
	const known = usual.find((one) => one.value === value);
	const [own, setOwn] = useState(known === undefined);
	const isOwn = own || known === undefined;
	return (
		<>
			<span className="inline-flex items-center gap-1.5">
				<span className="text-xs text-ink-2">{t('Before each choice')}</span>
				<Select<string>
					label={t('Delimiter')}
					value={isOwn ? other : value}
					onChange={(next) => {
						setOwn(next === other);
						if (next !== other) onChange(next);
					}}
					options={[...usual, { value: other, words: t('other text') }]}
				/>
			</span>
			{isOwn ? (
				<InlineText
					label={t('Text')}
					value={escapeText(value)}
					onChange={(text) => onChange(unescapeText(text).slice(0, 200))}
					placeholder={example}
				/>
			) : null}
		</>
	);
}

const marks = { '\n': 'n', '\t': 't', '\r': 'r' } as const;

/**
 * Escapes a text onto one line: line ends and tabs become \n and \t. While the user types, a backslash at the end is
 * literal.
 */
export function escapeText(text: string): string {
	return text
		.replaceAll(/\\(?=[\\ntr\n\t\r])/g, String.raw`\\`)
		.replaceAll(/[\n\t\r]/g, (plain) => `\\${marks[plain as keyof typeof marks]}`);
}

/** Reverses the escaping; a backslash before anything else is literal. */
export function unescapeText(written: string): string {
	return written.replaceAll(/\\([\\ntr])/g, (_, mark: string) =>
		mark === '\\' ? '\\' : (Object.entries(marks).find(([, known]) => known === mark)?.[0] ?? mark),
	);
}
