import { useEffect, useState } from 'react';
import { anyJson } from '../../electron/contract/answer-format-name.ts';
import { ChangedDot } from '../design/changed-dot.tsx';
import { Segmented } from '../design/segmented.tsx';
import { TextArea } from '../design/text-field.tsx';
import { t } from '../messages/t.ts';

type Kind = 'free' | 'json' | 'schema';

const example = `{
  "type": "object",
  "properties": {
    "name": { "type": "string" }
  },
  "required": ["name"]
}`;

function kindOf(format: string | undefined): Kind {
	if (format === undefined) return 'free';
	return format === anyJson ? 'json' : 'schema';
}

/** Returns the reason why a text is not valid JSON; undefined if it is. */
function problemOf(text: string): string | undefined {
	try {
		const value: unknown = JSON.parse(text);
		return typeof value === 'object' && value !== null && !Array.isArray(value)
			? undefined
			: t('A schema must be a JSON object');
	} catch (error) {
		return t('Not valid JSON: {reason}', { reason: error instanceof Error ? error.message : String(error) });
	}
}

/** Field for the format that answers must have: while the model writes, it can only choose tokens that fit. */
export function AnswerFormatField({
	value,
	onChange,
}: {
	value: string | undefined;
	onChange: (format: string | undefined) => void;
}) {
	const [kind, setKind] = useState(kindOf(value));
	const [schema, setSchema] = useState(kindOf(value) === 'schema' ? (value ?? '') : example);
	useEffect(() => {
		setKind(kindOf(value));
		if (kindOf(value) === 'schema') setSchema(value ?? '');
	}, [value]);
	const problem = kind === 'schema' ? problemOf(schema) : undefined;

	function choose(next: Kind): void {
		setKind(next);
		if (next === 'free') onChange(undefined);
		else if (next === 'json') onChange(anyJson);
		else if (problemOf(schema) === undefined) onChange(schema);
	}

	return (
		<div className="flex flex-col gap-2">
			<span className="text-xs font-medium text-ink-2">
				{t('Answer format')}
				{value === undefined ? null : <ChangedDot />}
			</span>
			<div>
				<Segmented
					label={t('Answer format')}
					value={kind}
					onChange={choose}
					options={[
						{ value: 'free', label: t('Any text') },
						{ value: 'json', label: 'JSON' },
						{ value: 'schema', label: t('Schema') },
					]}
				/>
			</div>
			{kind === 'schema' ? (
				<TextArea
					label={t('JSON Schema for answers')}
					mono
					rows={7}
					value={schema}
					error={problem}
					onChange={(event) => setSchema(event.target.value)}
					onBlur={() => {
						if (problem === undefined && schema !== value) onChange(schema);
					}}
				/>
			) : null}
		</div>
	);
}
