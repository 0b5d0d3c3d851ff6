import { useState } from 'react';
import { useStore } from 'zustand';
import { TextField } from '../../design/field/text-field.tsx';
import { useServices } from '../../services.ts';

/** Where models are searched for and fetched from, where that is not the usual hub: a mirror, a hub in the own network. */
export function HubField() {
	const { settings } = useServices();
	const stored = useStore(settings.state, (state) => state.hubUrl);
	const [text, setText] = useState<string | null>(null);
	const shown = text ?? stored;
	const given = shown.trim();
	const good = given === '' || (URL.canParse(given) && /^https?:$/.test(new URL(given).protocol));
	return (
		<TextField
			label="Address of the model hub"
			hint="empty: huggingface.co"
			mono
			placeholder="https://huggingface.co"
			autoComplete="off"
			spellCheck={false}
			maxLength={500}
			value={shown}
			error={good ? undefined : 'Give an address that begins with https://, or nothing.'}
			onChange={(event) => setText(event.target.value)}
			onBlur={() => {
				if (!good) return;
				setText(null);
				if (given !== stored) settings.change({ hubUrl: given });
			}}
		/>
	);
}
