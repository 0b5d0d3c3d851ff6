import { Lock } from 'lucide-react';
import { useStore } from 'zustand';
import { toFailure } from '../../connection/failure.ts';
import { Button } from '../../design/button.tsx';
import { Icon } from '../../design/icon.tsx';
import { useServices } from '../../services.ts';

/** Says that the network is blocked, and what would be contacted if it were not. */
export function OfflineCard() {
	const { models, settings, toasts } = useServices();
	const blocked = useStore(settings.state, (state) => state.networkBlocked);
	const hosts = useStore(models.state, (state) => state.hosts);
	if (!blocked) return null;
	const [hub = 'the model hub', ...files] = hosts;
	return (
		<section
			aria-label="Network"
			className="flex items-start gap-2.5 rounded-lg border border-line bg-sunken px-3.5 py-3"
		>
			<Icon of={Lock} className="mt-0.5 text-ink-2" />
			<div className="min-w-0 flex-1">
				<h2 className="font-semibold">The network is blocked</h2>
				<p className="mt-0.5 max-w-150 text-pretty text-ink-2">
					Searching sends your words to {hub}; fetching asks it for a file, which may come from {files.join(' or ')}.
					Nothing else is contacted, and every request stands in Activity. The list below needs no network.
				</p>
			</div>
			<Button
				onClick={() => void models.hub.allowNetwork().catch((error: unknown) => toasts.fail(toFailure(error).message))}
			>
				Allow the network
			</Button>
		</section>
	);
}
