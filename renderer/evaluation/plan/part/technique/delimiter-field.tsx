import { useState } from 'react';
import { Select } from '../../../../design/field/select.tsx';
import { escapeText, unescapeText } from '../field/escaped.ts';
import { InlineText } from '../field/small-text.tsx';

const usual = [
	{ value: ' ', words: 'a space' },
	{ value: '', words: 'nothing' },
	{ value: '\n', words: 'a new line' },
] as const;

const other = 'other';

/** What stands between the prompt and a choice: mostly white space, which a field of its own would not show. */
export function DelimiterField({ value, onChange }: { value: string; onChange: (value: string) => void }) {
	const known = usual.find((one) => one.value === value);
	const [own, setOwn] = useState(known === undefined);
	const isOwn = own || known === undefined;
	return (
		<>
			<span className="inline-flex items-center gap-1.5">
				<span className="text-xs text-ink-2">Before a choice stands</span>
				<Select<string>
					label="Before a choice stands"
					value={isOwn ? other : value}
					onChange={(next) => {
						setOwn(next === other);
						if (next !== other) onChange(next);
					}}
					options={[...usual, { value: other, words: 'something else' }]}
				/>
			</span>
			{isOwn ? (
				<InlineText
					label="Text"
					value={escapeText(value)}
					onChange={(text) => onChange(unescapeText(text).slice(0, 200))}
					placeholder="\nAnswer: "
				/>
			) : null}
		</>
	);
}
