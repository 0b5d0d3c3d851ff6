import { useState } from 'react';
import type { Scorer } from '../../../../../electron/contract/evaluation/scorer.ts';
import { Button } from '../../../../design/button.tsx';
import { TextField } from '../../../../design/field/text-field.tsx';

type FieldScorer = Extract<Scorer, { kind: 'json-fields' }>;

/** Which fields of the target count; all of them until somebody names some. */
export function FieldsField({ scorer, onChange }: { scorer: FieldScorer; onChange: (scorer: FieldScorer) => void }) {
	const [text, setText] = useState(scorer.fields.join(', '));
	const [open, setOpen] = useState(scorer.fields.length > 0);
	if (!open) {
		return (
			<Button kind="ghost" size="sm" onClick={() => setOpen(true)}>
				Only some fields
			</Button>
		);
	}
	return (
		<div className="w-full">
			<TextField
				autoFocus={scorer.fields.length === 0}
				label="Fields that count"
				hint="separated by commas; none: all"
				mono
				value={text}
				onChange={(event) => {
					setText(event.target.value);
					const fields = event.target.value.split(',').map((field) => field.trim());
					onChange({ ...scorer, fields: fields.filter((field) => field !== '') });
				}}
				placeholder="topic, address.city"
			/>
		</div>
	);
}
