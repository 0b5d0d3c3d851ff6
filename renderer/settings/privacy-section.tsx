import { useState } from 'react';
import { useStore } from 'zustand';
import { NetworkSwitch } from '../activity/network-switch.tsx';
import { Button } from '../design/button.tsx';
import { Switch } from '../design/switch.tsx';
import { TextField } from '../design/text-field.tsx';
import { t } from '../messages/t.ts';
import { useServices } from '../services.ts';

/** Data that leaves the computer, and data recorded on it. */
export function PrivacySection() {
	const { layout, settings } = useServices();
	const collect = useStore(settings.state, (state) => state.collectSignals);
	return (
		<>
			<NetworkSwitch
				description={t(
					'Assay only goes online when you search for models, download one or check for updates. Block the network to prevent even that.',
				)}
			/>
			<div>
				<Button onClick={() => layout.go({ section: 'activity', part: 'network' })}>
					{t('Show all network requests')}
				</Button>
			</div>
			<HubField />
			<Switch
				label={t('Record implicit feedback')}
				description={t(
					'Records on this computer when you copy, stop or regenerate an answer. Each answer shows what was recorded, and you can remove it.',
				)}
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
			label={t('Model hub address')}
			hint={t('Default: huggingface.co')}
			mono
			placeholder="https://huggingface.co"
			autoComplete="off"
			spellCheck={false}
			maxLength={500}
			value={shown}
			error={good ? undefined : t('Enter an address that starts with https://, or leave it empty.')}
			onChange={(event) => setText(event.target.value)}
			onBlur={() => {
				if (!good) return;
				setText(null);
				if (given !== stored) settings.change({ hubUrl: given });
			}}
		/>
	);
}
