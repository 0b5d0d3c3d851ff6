import { useState } from 'react';
import { useStore } from 'zustand';
import { NetworkSwitch } from '../activity/network-switch.tsx';
import { Button } from '../design/button.tsx';
import { Switch } from '../design/switch.tsx';
import { TextField } from '../design/text-field.tsx';
import { useServices } from '../services.ts';

/** Data that leaves the computer, and data recorded on it. */
export function PrivacySection() {
	const { layout, settings } = useServices();
	const collect = useStore(settings.state, (state) => state.collectSignals);
	return (
		<>
			<NetworkSwitch description="Assay only goes online when you search the model hub, fetch a model or check for updates. Blocked, it does not even then: no connection leaves this computer, whichever part of the program asks for it." />
			<div>
				<Button onClick={() => layout.go({ section: 'activity', part: 'network' })}>See every request made</Button>
			</div>
			<HubField />
			<Switch
				label="Note what you do with answers"
				description="Copying, stopping, asking again and the like are kept as feedback on this computer. Under each answer you see what was noted, and can take it back."
				checked={collect}
				onChange={(next) => settings.change({ collectSignals: next })}
			/>
		</>
	);
}

/** Address for model search and downloads if not the usual hub: a mirror, or a hub in the local network. */
function HubField() {
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
