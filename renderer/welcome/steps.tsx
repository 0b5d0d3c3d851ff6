import { Check } from 'lucide-react';
import { Icon } from '../design/icon.tsx';
import { Spinner } from '../design/spinner.tsx';

export const stepNames = ['Download', 'Check SHA-256', 'Load, find the best thread count', 'Ready'] as const;

/** What happens until the model answers; `at` is the step being done, 4 when all are. */
export function Steps({ at }: { at: number }) {
	return (
		<ol className="mt-2.5 flex flex-wrap gap-x-[22px] gap-y-1 border-t border-line pt-[13px] text-xs text-ink-3">
			{stepNames.map((name, index) => {
				const done = index < at;
				const now = index === at;
				return (
					<li
						key={name}
						aria-current={now ? 'step' : undefined}
						className={`flex items-center gap-[7px] ${now ? 'font-medium text-ink' : done ? 'text-ink-2' : ''}`}
					>
						{now ? (
							<Spinner size={14} />
						) : (
							<span
								className={`grid size-3.5 place-items-center rounded-full ${done ? 'bg-accent text-on-accent' : 'inset-ring-[1.5px] inset-ring-line-strong'}`}
							>
								{done ? <Icon of={Check} size={12} /> : null}
							</span>
						)}
						{name}
						{done ? <span className="sr-only"> (done)</span> : null}
					</li>
				);
			})}
		</ol>
	);
}
