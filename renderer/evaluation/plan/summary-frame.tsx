import { type LucideIcon, TriangleAlert } from 'lucide-react';
import type { ReactNode } from 'react';
import type { Warning } from '../../../electron/contract/evaluation/schema.ts';
import type { FailureFacts } from '../../../models/contract/failure.ts';
import { SubmitKey } from '../../app/keyboard/submit-key.tsx';
import { Button } from '../../design/button.tsx';
import { FailureCard } from '../../design/failure-card.tsx';
import { Icon } from '../../design/icon.tsx';
import { t } from '../../messages/t.ts';

/** Summary next to a form: the cost, warnings before it starts, and the start button. */
export function SummaryFrame({
	warnings,
	failure,
	failureTitle,
	button: { icon, label, busy, blocked, onPress },
	children,
}: {
	warnings: readonly Warning[];
	/** The reason why it can't start, or did not. */
	failure: FailureFacts | null;
	failureTitle: string;
	button: {
		readonly icon: LucideIcon;
		readonly label: string;
		readonly busy: string | undefined;
		/** The reason why it can't be pressed. */
		readonly blocked: string | undefined;
		readonly onPress: () => void;
	};
	children: ReactNode;
}) {
	return (
		<aside
			aria-label={t('Estimate')}
			className="flex w-(--inspector) flex-none flex-col border-line max-[1099px]:max-h-[46%] max-[1099px]:w-auto max-[1099px]:flex-row max-[1099px]:items-end max-[1099px]:border-t min-[1100px]:border-l"
		>
			<div className="relative flex min-h-0 min-w-0 flex-1 flex-col gap-3.5 self-stretch overflow-y-auto px-4 py-3.5 max-[1099px]:gap-2 max-[1099px]:py-2.5 max-[1099px]:pl-5">
				{children}
				{warnings.length === 0 ? null : (
					<ul className="flex flex-col gap-2 rounded-[8px] bg-warn-soft px-3 py-2 text-xs">
						{warnings.map(({ code, message }) => (
							<li key={`${code} ${message}`} className="flex gap-2 text-pretty">
								<Icon of={TriangleAlert} size={12} className="mt-[3px] text-warn" />
								{message}
							</li>
						))}
					</ul>
				)}
				{failure === null ? null : <FailureCard title={failureTitle} failure={failure} />}
			</div>
			<div className="flex flex-none items-center gap-2 border-line px-4 py-3 max-[1099px]:pl-0 min-[1100px]:border-t">
				<Button kind="primary" icon={icon} className="flex-1" busy={busy} blocked={blocked} onClick={onPress}>
					{label}
				</Button>
				<SubmitKey />
			</div>
		</aside>
	);
}
