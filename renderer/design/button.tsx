import type { LucideIcon } from 'lucide-react';
import type { ComponentProps } from 'react';
import { Icon } from './icon.tsx';
import { Spinner } from './spinner.tsx';
import { Tooltip } from './tooltip.tsx';

export type ButtonKind = 'primary' | 'secondary' | 'ghost' | 'danger' | 'danger-fill';

const base =
	'inline-flex shrink-0 items-center justify-center gap-1.5 whitespace-nowrap border font-medium transition-colors duration-(--fast) select-none active:not-aria-disabled:translate-y-[0.5px]';

const kinds: Record<ButtonKind, string> = {
	primary:
		'border-transparent bg-accent text-on-accent shadow-control hover:bg-accent-hover aria-disabled:bg-sunken aria-disabled:border-line aria-disabled:text-ink-disabled aria-disabled:shadow-none',
	secondary:
		'border-line-strong bg-raised text-ink shadow-control hover:bg-[color-mix(in_oklab,var(--raised),var(--ink)_4%)] aria-disabled:bg-sunken aria-disabled:border-line aria-disabled:text-ink-disabled aria-disabled:shadow-none',
	ghost:
		'border-transparent text-ink-2 hover:bg-hover hover:text-ink aria-pressed:bg-selected aria-pressed:text-ink aria-disabled:bg-transparent aria-disabled:text-ink-disabled data-popup-open:bg-hover data-popup-open:text-ink',
	danger:
		'border-line-strong bg-raised text-bad shadow-control hover:bg-[color-mix(in_oklab,var(--raised),var(--bad)_6%)] aria-disabled:bg-sunken aria-disabled:border-line aria-disabled:text-ink-disabled aria-disabled:shadow-none',
	'danger-fill':
		'border-transparent bg-bad text-surface shadow-control hover:bg-[color-mix(in_oklab,var(--bad),var(--ink)_14%)]',
};

const sizes = { md: 'h-7.5 rounded-md px-[11px]', sm: 'h-6.5 rounded-[6px] px-[9px] text-xs gap-[5px]' };
const squares = { md: 'size-7 rounded-md', sm: 'size-6.5 rounded-[6px]' };

/** Returns the classes of a button, for primitives that render their own element. */
export function buttonClass(kind: ButtonKind, size: 'md' | 'sm' = 'md'): string {
	return `${base} ${kinds[kind]} ${sizes[size]}`;
}

/** Returns the classes of a square icon button. */
export function iconButtonClass(size: 'md' | 'sm' = 'md'): string {
	return `${base} ${kinds.ghost} ${squares[size]}`;
}

type ButtonProps = Omit<ComponentProps<'button'>, 'disabled'> & {
	kind?: ButtonKind;
	size?: 'md' | 'sm';
	icon?: LucideIcon;
	/** The current activity, e.g. "Loading, 64 %": shows a spinner and ignores clicks. */
	busy?: string | undefined;
	/** Reason why it can't be pressed now, shown as a tooltip. The button stays focusable. */
	blocked?: string | undefined;
};

/** A button with text. */
export function Button({
	kind = 'secondary',
	size = 'md',
	icon,
	busy,
	blocked,
	className = '',
	children,
	onClick,
	...rest
}: ButtonProps) {
	const inert = busy !== undefined || blocked !== undefined;
	const button = (
		<button
			type="button"
			{...rest}
			aria-disabled={blocked === undefined ? undefined : true}
			aria-busy={busy === undefined ? undefined : true}
			onClick={inert ? (event) => event.preventDefault() : onClick}
			className={`${buttonClass(kind, size)} ${className}`}
		>
			{busy === undefined ? (
				<>
					{icon ? <Icon of={icon} size={14} /> : null}
					{children}
				</>
			) : (
				// The hidden label keeps the button's width, so that its neighbours don't move.
				<span className="grid gap-[inherit] *:col-start-1 *:row-start-1 *:flex *:items-center *:justify-center *:gap-[inherit]">
					<span aria-hidden className="invisible">
						{icon ? <Icon of={icon} size={14} /> : null}
						{children}
					</span>
					<span>
						<Spinner />
						{busy}
					</span>
				</span>
			)}
		</button>
	);
	return blocked === undefined ? button : <Tooltip text={blocked}>{button}</Tooltip>;
}

type IconButtonProps = Omit<ComponentProps<'button'>, 'aria-label' | 'disabled'> & {
	icon: LucideIcon;
	label: string;
	keys?: string | undefined;
	size?: 'md' | 'sm';
	side?: 'top' | 'bottom' | 'right' | 'left';
	blocked?: string | undefined;
};

/** A button with only an icon; its label is its accessible name and its tooltip. */
export function IconButton({
	icon,
	label,
	keys,
	size = 'md',
	side = 'bottom',
	blocked,
	className = '',
	onClick,
	...rest
}: IconButtonProps) {
	return (
		<Tooltip text={blocked ?? label} keys={blocked === undefined ? keys : undefined} side={side}>
			<button
				type="button"
				{...rest}
				aria-label={label}
				aria-disabled={blocked === undefined ? undefined : true}
				onClick={blocked === undefined ? onClick : (event) => event.preventDefault()}
				className={`${iconButtonClass(size)} ${className}`}
			>
				<Icon of={icon} size={size === 'md' ? 16 : 14} />
			</button>
		</Tooltip>
	);
}

/** A link-like action within text. */
export const textLinkClass = 'rounded-xs text-accent-ink underline underline-offset-2 hover:no-underline';
