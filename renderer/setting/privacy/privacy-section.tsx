import { useStore } from 'zustand';
import { NetworkSwitch } from '../../activity/network-switch.tsx';
import { Button } from '../../design/button.tsx';
import { Switch } from '../../design/field/switch.tsx';
import { useServices } from '../../services.ts';
import { HubField } from './hub-field.tsx';

/** What leaves the computer, and what is noted on it. */
export function PrivacySection() {
	const { layout, settings } = useServices();
	const collect = useStore(settings.state, (state) => state.collectSignals);
	return (
		<>
			<NetworkSwitch description="Assay only goes online when you search the model hub or fetch a model. Blocked, it does not even then: no connection leaves this computer, whichever part of the program asks for it." />
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
