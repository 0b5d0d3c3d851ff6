import { Braces, Lightbulb, type LucideIcon, Mail } from 'lucide-react';
import { useStore } from 'zustand';
import { focusComposer, sendText, useBlockedReason } from '../conversation/actions.ts';
import { Icon } from '../design/icon.tsx';
import { t } from '../messages/t.ts';
import { useServices } from '../services.ts';

/** Three example prompts; they unlock once a model can answer. */
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
							// This card disappears with the first message, so move the focus.
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

export interface Example {
	icon: LucideIcon;
	title: string;
	description: string;
	prompt: string;
}

/** Prompts that even a very small model answers sensibly; each is complete, so that one click is enough. */
const examples: readonly Example[] = [
	{
		icon: Mail,
		title: t('Shorten an email'),
		description: t('Keep the date and question'),
		prompt: t(
			'Rewrite this email in two or three sentences. Keep the date and the question.\n\nHi Jonas,\n\nI hope you had a good weekend! I wanted to get back to you about the meeting we talked about last week. I looked at my calendar and unfortunately Tuesday does not work for me after all, because I have to be at the dentist. Would Thursday 26 November at 10:00 work for you instead? If not, just tell me what suits you best.\n\nBest wishes\nMaria',
		),
	},
	{
		icon: Braces,
		title: t('Turn a note into JSON'),
		description: t('Name, date and amount'),
		prompt: t(
			'Turn this note into JSON with the keys "name", "date" and "amount". Answer with the JSON in a code block and nothing else.\n\nPaid Ms Keller 84 euros for the bicycle repair on 3 November 2026.',
		),
	},
	{
		icon: Lightbulb,
		title: t('Explain something simply'),
		description: t('Why the sky is blue'),
		prompt: t('Explain in five short sentences why the sky is blue, so that a ten-year-old understands it.'),
	},
];
