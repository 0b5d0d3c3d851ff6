import { Check, ChevronDown, ChevronUp, CircleAlert, X } from 'lucide-react';
import type { FitVerdict } from '../../electron/contract/library/fit.ts';
import { Badge } from '../design/badge.tsx';
import { Icon } from '../design/icon.tsx';
import { t } from '../messages/t.ts';
import { verdictLabels } from './fit-wording.ts';

const looks = {
	fits: { tone: 'good', icon: Check },
	tight: { tone: 'warn', icon: CircleAlert },
	'wont-fit': { tone: 'bad', icon: X },
} as const;

/** Whether a model runs here, in one word. */
export function FitBadge({ verdict }: { verdict: FitVerdict }) {
	const { tone, icon } = looks[verdict];
	return (
		<Badge tone={tone} icon={icon}>
			{verdictLabels[verdict]}
		</Badge>
	);
}

/** The badge as a button that opens and closes the memory breakdown. */
export function FitButton({
	verdict,
	open,
	name,
	controls,
	tabbable,
	onToggle,
}: {
	verdict: FitVerdict;
	open: boolean;
	/** Name of the model, because a table has many of these. */
	name: string;
	controls: string;
	/** Whether the tab key reaches it: only in the row that the keyboard is at. */
	tabbable: boolean;
	onToggle: () => void;
}) {
	return (
		<button
			type="button"
			tabIndex={tabbable ? 0 : -1}
			aria-expanded={open}
			{...(open ? { 'aria-controls': controls } : {})}
			aria-label={t('{verdict}: memory of {name}', { verdict: verdictLabels[verdict], name })}
			onClick={(event) => {
				event.stopPropagation();
				onToggle();
			}}
			className="inline-flex items-center gap-[3px] rounded-sm align-middle"
		>
			<FitBadge verdict={verdict} />
			<Icon of={open ? ChevronUp : ChevronDown} size={14} className="text-ink-3" />
		</button>
	);
}
