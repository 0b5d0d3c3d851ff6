import { useStore } from 'zustand';
import { focusComposer, sendText } from '../conversation/actions.ts';
import { useBlockedReason } from '../conversation/use-blocked-reason.ts';
import { Icon } from '../design/icon.tsx';
import { useServices } from '../services.ts';
import { examples } from './examples.ts';

/** Three prompts to begin with; they unlock once a model can answer. */
export function ExamplePrompts() {
	const services = useServices();
	const { thread } = services;
	const sending = useStore(thread.outgoing, ({ status }) => status === 'sending');
	const blocked = useBlockedReason();
	const locked = sending || blocked !== null;
	return (
		<ul className="grid grid-cols-3 gap-2.5 max-sm:grid-cols-1">
			{examples.map(({ icon, title, description, prompt }) => (
				<li key={title}>
					<button
						type="button"
						disabled={locked}
						onClick={() => {
							void sendText(services, prompt);
							// This card goes with the first message: the focus must not go with it.
							focusComposer();
						}}
						className="flex h-full w-full flex-col gap-px rounded-lg border border-line bg-surface px-3.5 py-3 transition-colors duration-(--fast) enabled:hover:border-line-strong enabled:hover:bg-[color-mix(in_oklab,var(--surface),var(--ink)_2.5%)]"
					>
						<Icon of={icon} size={18} className="mb-[7px] text-ink-3" />
						<span className="font-medium">{title}</span>
						<span className="text-xs text-ink-2">{description}</span>
					</button>
				</li>
			))}
		</ul>
	);
}
