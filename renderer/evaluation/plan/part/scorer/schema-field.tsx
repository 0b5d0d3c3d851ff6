import { useState } from 'react';
import type { Scorer } from '../../../../../electron/contract/evaluation/scorer.ts';
import { Button } from '../../../../design/button.tsx';
import { TextArea } from '../../../../design/field/text-field.tsx';

type JsonScorer = Extract<Scorer, { kind: 'json' }>;

function schemaOf(text: string): JsonScorer['schema'] | undefined {
	if (text.trim() === '') return null;
	try {
		const value: unknown = JSON.parse(text);
		if (typeof value === 'boolean') return value;
		return typeof value === 'object' && value !== null && !Array.isArray(value)
			? (value as Record<string, unknown>)
			: undefined;
	} catch {
		return undefined;
	}
}

/** A JSON schema as text; what is not one yet stays in the field and is said, and the last one that was holds. */
export function SchemaField({ scorer, onChange }: { scorer: JsonScorer; onChange: (scorer: JsonScorer) => void }) {
	const [text, setText] = useState(scorer.schema === null ? '' : JSON.stringify(scorer.schema, null, 2));
	const [open, setOpen] = useState(scorer.schema !== null);
	const wrong = schemaOf(text) === undefined;
	if (!open) {
		return (
			<Button kind="ghost" size="sm" className="-ml-2" onClick={() => setOpen(true)}>
				Follow a schema
			</Button>
		);
	}
	return (
		<div className="w-full">
			<TextArea
				autoFocus={scorer.schema === null}
				label="JSON schema"
				mono
				hint={wrong ? <span className="text-bad">not a JSON object yet</span> : 'none: any JSON is right'}
				value={text}
				spellCheck={false}
				onChange={(event) => {
					setText(event.target.value);
					const schema = schemaOf(event.target.value);
					if (schema !== undefined) onChange({ ...scorer, schema });
				}}
				placeholder='{ "type": "object", "required": ["topic"] }'
			/>
		</div>
	);
}
