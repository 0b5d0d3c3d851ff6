import { useState } from 'react';
import { toFailure } from '../connection/failure.ts';
import { FormDialog } from '../design/dialog.tsx';
import { TextField } from '../design/text-field.tsx';
import { t } from '../messages/t.ts';

/** Asks for a name; closes once `onName` resolves, and shows the reason if it rejects. */
export function NameDialog({
	title,
	text,
	verb,
	name: before,
	missing = t('Enter a name'),
	maxLength = 200,
	onName,
	onClose,
}: {
	title: string;
	text?: string;
	verb: string;
	name: string;
	/** What to say if the name is empty. */
	missing?: string;
	maxLength?: number;
	onName: (name: string) => Promise<void>;
	onClose: () => void;
}) {
	const [name, setName] = useState(before);
	const [error, setError] = useState<string>();
	const [busy, setBusy] = useState(false);
	async function keep(): Promise<void> {
		if (busy) return;
		if (name.trim() === '') return setError(missing);
		setBusy(true);
		try {
			await onName(name.trim());
			onClose();
		} catch (failure) {
			setError(toFailure(failure).message);
			setBusy(false);
		}
	}
	return (
		<FormDialog
			title={title}
			{...(text === undefined ? {} : { text })}
			verb={verb}
			busy={busy ? t('Saving') : undefined}
			onSubmit={() => void keep()}
			onClose={onClose}
		>
			<TextField
				label={t('Name')}
				value={name}
				error={error}
				maxLength={maxLength}
				autoComplete="off"
				onFocus={(event) => event.target.select()}
				onChange={(event) => {
					setName(event.target.value);
					setError(undefined);
				}}
			/>
		</FormDialog>
	);
}
