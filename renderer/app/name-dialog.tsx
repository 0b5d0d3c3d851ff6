import { useState } from 'react';
import { toFailure } from '../connection/failure.ts';
import { FormDialog } from '../design/dialog.tsx';
import { TextField } from '../design/text-field.tsx';

/** Asks for a name; closes once `onName` resolves, and shows the reason if it rejects. */
export function NameDialog({
	title,
	text,
	verb,
	name: before,
	noun,
	maxLength = 200,
	onName,
	onClose,
}: {
	title: string;
	text?: string;
	verb: string;
	name: string;
	/** The kind of thing being named. */
	noun?: string;
	maxLength?: number;
	onName: (name: string) => Promise<void>;
	onClose: () => void;
}) {
	const [name, setName] = useState(before);
	const [error, setError] = useState<string>();
	const [busy, setBusy] = useState(false);
	async function keep(): Promise<void> {
		if (busy) return;
		if (name.trim() === '') return setError(noun === undefined ? 'Enter a name' : `Enter a name for the ${noun}`);
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
			busy={busy ? 'Saving' : undefined}
			onSubmit={() => void keep()}
			onClose={onClose}
		>
			<TextField
				label="Name"
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
