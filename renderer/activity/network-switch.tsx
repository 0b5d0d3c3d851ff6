import { useStore } from 'zustand';
import { Switch } from '../design/switch.tsx';
import { t } from '../messages/t.ts';
import { useServices } from '../services.ts';

/** One switch for all of the app's connections. */
export function NetworkSwitch({ description }: { description: string }) {
	const { settings } = useServices();
	const blocked = useStore(settings.state, (state) => state.networkBlocked);
	return (
		<Switch
			label={t('Block the network')}
			description={description}
			checked={blocked}
			onChange={(next) => settings.change({ networkBlocked: next })}
		/>
	);
}
