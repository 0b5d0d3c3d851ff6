import { useState } from 'react';
import { Button } from '../../design/button.tsx';
import { Dialog } from '../../design/dialog.tsx';
import { TextField } from '../../design/field/text-field.tsx';
import { formatQuantity } from '../../design/format.ts';
import { useServices } from '../../services.ts';
import { changeSamples } from '../change.ts';
import { selectShownSamples } from './row-actions.ts';

export type BulkChange = 'tag' | 'split';

const words = {
	tag: { title: 'Tag', label: 'Tag', hint: 'put on each of them', verb: 'Put it on', done: 'tagged' },
	split: {
		title: 'Put into a split',
		label: 'Split',
		hint: 'test, train, examples, or your own word',
		verb: 'Put them in',
		done: 'moved',
	},
} as const;

/** Asks for the tag or the split that everything shown gets. `all` names what that is. */
export function BulkDialog({ what, all, onClose }: { what: BulkChange; all: string; onClose: () => void }) {
	const services = useServices();
	const { samples } = services.connection.client.datasets;
	const [text, setText] = useState('');
	const [busy, setBusy] = useState(false);
	const { title, label, hint, verb, done } = words[what];
	const value = text.trim();
	async function apply(): Promise<void> {
		if (value === '' || busy) return;
		setBusy(true);
		const selection = selectShownSamples(services);
		await changeSamples(
			services,
			(datasetId) =>
				what === 'tag'
					? samples.tag({ datasetId, selection, add: [value] })
					: samples.assignSplit({ datasetId, selection, split: value }),
			({ changed }) => `${formatQuantity(changed, 'sample')} ${done}`,
		);
		onClose();
	}
	return (
		<Dialog
			open
			onClose={onClose}
			title={title}
			text={`For ${all}.`}
			actions={
				<>
					<Button onClick={onClose}>Cancel</Button>
					<Button
						kind="primary"
						busy={busy ? 'Changing' : undefined}
						blocked={value === '' ? `Write a ${what}` : undefined}
						onClick={() => void apply()}
					>
						{verb}
					</Button>
				</>
			}
		>
			<form
				className="mt-3"
				onSubmit={(event) => {
					event.preventDefault();
					void apply();
				}}
			>
				<TextField
					label={label}
					hint={hint}
					value={text}
					maxLength={60}
					autoComplete="off"
					onChange={(event) => setText(event.target.value)}
				/>
			</form>
		</Dialog>
	);
}
