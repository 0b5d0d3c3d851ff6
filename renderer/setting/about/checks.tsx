import { Check, CircleAlert } from 'lucide-react';
import type { DoctorCheck } from '../../../electron/contract/system.ts';
import { Icon } from '../../design/icon.tsx';

/** What was looked at, how it stands, and what to do about it. */
export function Checks({ checks }: { checks: readonly DoctorCheck[] }) {
	return (
		<ul aria-label="Checks" className="flex flex-col gap-1.5">
			{checks.map(({ name, ok, detail, next }) => (
				<li key={name} className="flex items-start gap-2">
					<Icon of={ok ? Check : CircleAlert} size={14} className={`mt-[3px] ${ok ? 'text-good' : 'text-warn'}`} />
					<span className="min-w-0 [overflow-wrap:anywhere]">
						<span className="font-medium">{name}</span>
						<span className="sr-only">{ok ? ' in order' : ' needs attention'}</span>{' '}
						<span className="text-ink-2">
							{detail}
							{next === null ? '' : `. ${next}`}
						</span>
					</span>
				</li>
			))}
		</ul>
	);
}
