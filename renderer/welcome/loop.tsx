import { ChevronRight, FlaskConical, type LucideIcon, MessageSquare, Star, Table2, ThumbsUp } from 'lucide-react';
import { Icon } from '../design/icon.tsx';
import { t } from '../messages/t.ts';

type LoopStep = 'chat' | 'feedback' | 'datasets' | 'evaluate' | 'default';

const steps: readonly { id: LoopStep; icon: LucideIcon; title: string; text: string }[] = [
	{ id: 'chat', icon: MessageSquare, title: t('Chat'), text: t('Ask a model') },
	{ id: 'feedback', icon: ThumbsUp, title: t('Feedback'), text: t('Rate or correct answers') },
	{ id: 'datasets', icon: Table2, title: t('Datasets'), text: t('Save them as test samples') },
	{ id: 'evaluate', icon: FlaskConical, title: t('Evaluate'), text: t('Score prompts and models') },
	{ id: 'default', icon: Star, title: t('Default'), text: t('Use the best one in chat') },
];

/**
 * How the screens work together: what is learned in chat ends in a better default. Shown where there is nothing else
 * yet; `at` marks the step of the screen that shows it.
 */
export function Loop({ at }: { at?: LoopStep }) {
	return (
		<ol aria-label={t('How Assay improves answers')} className="flex flex-wrap gap-x-1 gap-y-2">
			{steps.map(({ id, icon, title, text }, index) => (
				<li
					key={id}
					aria-current={id === at ? 'step' : undefined}
					className="group flex min-w-28 flex-1 gap-1 text-left"
				>
					<div className="flex-1 rounded-md px-2 py-1.5 group-aria-[current]:bg-accent-soft">
						<div className="flex items-center gap-1.5 text-xs font-medium">
							<Icon of={icon} size={14} className="text-ink-3 group-aria-[current]:text-accent-ink" />
							{title}
						</div>
						<p className="text-2xs text-pretty text-ink-2">{text}</p>
					</div>
					{index === steps.length - 1 ? null : (
						<Icon of={ChevronRight} size={12} className="mt-2 text-ink-3 max-md:hidden" />
					)}
				</li>
			))}
		</ol>
	);
}
