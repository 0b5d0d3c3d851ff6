import type { LucideIcon } from 'lucide-react';
import type { ReactNode } from 'react';
import { Icon } from './icon.tsx';

const tones = {
	good: 'bg-good-soft text-good',
	warn: 'bg-warn-soft text-warn',
	bad: 'bg-bad-soft text-bad',
	accent: 'bg-accent-soft text-accent-ink',
	plain: 'bg-hover text-ink-2',
	line: 'text-ink-2 inset-ring inset-ring-line-strong',
};

/** A word for a state, 20 px high; colour is never the only signal. */
export function Badge({
	tone,
	icon,
	dot = false,
	children,
}: {
	tone: keyof typeof tones;
	icon?: LucideIcon;
	dot?: boolean;
	children: ReactNode;
}) {
	return (
		<span
			className={`inline-flex h-5 flex-none items-center gap-1 rounded-sm px-[7px] text-xs/none font-medium whitespace-nowrap ${tones[tone]}`}
		>
			{icon ? <Icon of={icon} size={12} /> : null}
			{dot ? <Dot tone="accent" /> : null}
			{children}
		</span>
	);
}

const dots = { good: 'bg-good', bad: 'bg-bad', accent: 'bg-accent', idle: 'bg-control', warn: 'bg-warn' };

/** A dot for a state, always next to a word. */
export function Dot({ tone }: { tone: keyof typeof dots }) {
	return <span aria-hidden className={`size-[7px] flex-none rounded-full ${dots[tone]}`} />;
}
