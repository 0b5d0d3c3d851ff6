import { useState } from 'react';
import type { PromptVersion } from '../../electron/contract/prompt/schema.ts';
import type { FailureFacts } from '../../models/contract/failure.ts';
import { toFailure } from '../connection/failure.ts';
import { FormDialog } from '../design/dialog.tsx';
import { FailureCard } from '../design/failure-card.tsx';
import { TextField } from '../design/text-field.tsx';
import { t } from '../messages/t.ts';
import { useServices } from '../services.ts';

/** Saves the draft as the next version, with a note on the change. `then` continues with it. */
export function SaveVersionDialog({
	number,
	verb,
	then,
	onClose,
}: {
	number: number;
	verb: string;
	then: (version: PromptVersion) => void;
	onClose: () => void;
}) {
	const { prompts } = useServices();
	const [note, setNote] = useState('');
	const [busy, setBusy] = useState(false);
	const [failure, setFailure] = useState<FailureFacts | null>(null);
	async function save(): Promise<void> {
		if (busy) return;
		setBusy(true);
		try {
			const version = await prompts.save(note.trim());
			onClose();
			if (version !== null) then(version);
		} catch (error) {
			setFailure(toFailure(error));
			setBusy(false);
		}
	}
	return (
		<FormDialog
			title={t('Save as version {number}', { number })}
			{...(number === 1 ? {} : { text: t('Earlier versions don’t change.') })}
			verb={verb}
			busy={busy ? t('Saving') : undefined}
			className="mt-3 flex flex-col gap-3"
			onSubmit={() => void save()}
			onClose={onClose}
		>
			<TextField
				label={t('What changed')}
				hint={t('optional')}
				value={note}
				maxLength={2000}
				autoComplete="off"
				onChange={(event) => setNote(event.target.value)}
			/>
			{failure === null ? null : <FailureCard title={t('Couldn’t save the prompt')} failure={failure} />}
		</FormDialog>
	);
}
