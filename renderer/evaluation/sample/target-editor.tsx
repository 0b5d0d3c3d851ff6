import { useState } from 'react';
import type { RowDetail } from '../../../electron/contract/evaluation/row.ts';
import { toFailure } from '../../connection/failure.ts';
import { Button } from '../../design/button.tsx';
import { InlineEditor } from '../../design/field/inline-editor.tsx';
import { useServices } from '../../services.ts';
import type { ArmSide } from './side.ts';

/** What the answer should have been. It changes the draft of the dataset; this run keeps what it was measured against. */
export function TargetEditor({
	sample,
	dataset,
	onClose,
}: {
	sample: RowDetail['sample'];
	dataset: ArmSide['dataset'] | undefined;
	onClose: () => void;
}) {
	const { connection, toasts } = useServices();
	const [text, setText] = useState(sample.target ?? '');
	const wrongChoice = sample.choices.length > 0 && !sample.choices.includes(text);
	async function save(): Promise<void> {
		if (dataset === undefined || wrongChoice) return;
		const { samples } = connection.client.datasets;
		try {
			const { undoId } = await samples.edit({
				datasetId: dataset.id,
				sampleId: sample.id,
				edit: { target: text === '' ? null : text },
			});
			toasts.show({
				text: `Corrected in the draft of ${dataset.name}. This run keeps the target it was marked by.`,
				...(undoId === null
					? {}
					: {
							action: {
								label: 'Undo',
								run: () =>
									void samples.undo({ undoId }).catch((error: unknown) => toasts.fail(toFailure(error).message)),
							},
						}),
			});
			onClose();
		} catch (error) {
			toasts.fail(toFailure(error).message);
		}
	}
	return (
		<InlineEditor
			label="Target"
			value={text}
			onChange={setText}
			submits={(event) => event.key === 'Enter' && (event.ctrlKey || event.metaKey)}
			onSubmit={() => void save()}
			onClose={onClose}
			className="mt-2.5"
		>
			{sample.choices.length === 0 ? null : (
				<span className="flex flex-wrap gap-1">
					{sample.choices.map((choice) => (
						<Button key={choice} size="sm" kind="ghost" aria-pressed={choice === text} onClick={() => setText(choice)}>
							<span className="max-w-48 truncate">{choice}</span>
						</Button>
					))}
				</span>
			)}
			<span className="min-w-0 flex-1 text-xs text-ink-3">Goes to the draft of {dataset?.name ?? 'the dataset'}</span>
			<Button size="sm" kind="ghost" onClick={onClose}>
				Cancel
			</Button>
			<Button
				size="sm"
				kind="primary"
				blocked={wrongChoice ? 'It has to be one of the choices' : undefined}
				onClick={() => void save()}
			>
				Correct
			</Button>
		</InlineEditor>
	);
}
