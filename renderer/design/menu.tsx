import { Menu as Base } from '@base-ui/react/menu';
import { Check, ChevronRight, type LucideIcon, Minus } from 'lucide-react';
import type { ReactElement, ReactNode } from 'react';
import { t } from '../messages/t.ts';
import { Icon } from './icon.tsx';
import { NamedTrigger } from './tooltip.tsx';

const row =
	'flex min-h-7.5 w-full cursor-default items-center gap-2 rounded-[6px] px-2 outline-none select-none data-highlighted:bg-hover data-disabled:text-ink-disabled';

/** All of a page must be in landmarks, including an open menu; the element exists only while the menu is open. */
export const menuLandmark = <section aria-label={t('Menu')} />;

/** Classes of a menu's popup, shared with context menus. */
export const menuPopupClass = 'popup max-h-(--room-below) min-w-52 overflow-y-auto rounded-lg p-1 outline-none';

/** A button that opens a list of actions. `trigger` is the button. */
export function Menu({
	trigger,
	tooltip,
	align = 'end',
	side = 'bottom',
	width,
	onOpenChange,
	children,
}: {
	trigger: ReactElement<Record<string, unknown>>;
	/** What the button is called, if it shows no words. */
	tooltip?: string;
	align?: 'start' | 'end';
	side?: 'top' | 'bottom';
	width?: number;
	onOpenChange?: (open: boolean) => void;
	children: ReactNode;
}) {
	return (
		<Base.Root {...(onOpenChange ? { onOpenChange } : {})}>
			<NamedTrigger name={tooltip} side={side}>
				<Base.Trigger render={trigger} />
			</NamedTrigger>
			<Base.Portal render={menuLandmark}>
				<Base.Positioner side={side} align={align} sideOffset={4} collisionPadding={8} className="z-50 outline-none">
					<Base.Popup className={menuPopupClass} style={width === undefined ? {} : { width }}>
						{children}
					</Base.Popup>
				</Base.Positioner>
			</Base.Portal>
		</Base.Root>
	);
}

/** One action: icon, label, and its key on the right; dangerous actions come last, after a separator. */
export function MenuItem({
	icon,
	keys,
	danger = false,
	selected = false,
	onSelect,
	children,
}: {
	icon?: LucideIcon;
	keys?: string | undefined;
	danger?: boolean;
	/** Whether this is the current choice. */
	selected?: boolean;
	onSelect: () => void;
	children: ReactNode;
}) {
	return (
		<Base.Item
			onClick={onSelect}
			aria-current={selected ? 'true' : undefined}
			className={`${row} ${danger ? 'text-bad' : ''}`}
		>
			{icon ? <Icon of={icon} size={14} className={danger ? '' : 'text-ink-3'} /> : null}
			<span className="min-w-0 flex-1 truncate">{children}</span>
			{selected ? <Icon of={Check} size={14} className="text-ink-3" /> : null}
			{keys === undefined ? null : <span className="text-xs text-ink-3">{keys}</span>}
		</Base.Item>
	);
}

/** An option that is on, off or mixed; the menu stays open. */
export function MenuCheck({
	checked,
	onChange,
	children,
}: {
	checked: boolean | 'some';
	onChange: () => void;
	children: ReactNode;
}) {
	return (
		<Base.CheckboxItem
			checked={checked === true}
			aria-checked={checked === 'some' ? 'mixed' : checked}
			onCheckedChange={onChange}
			closeOnClick={false}
			className={row}
		>
			<span className="grid size-3.5 flex-none place-items-center">
				{checked === false ? null : (
					<Icon of={checked === 'some' ? Minus : Check} size={14} className="text-accent-ink" />
				)}
			</span>
			<span className="min-w-0 flex-1 truncate">{children}</span>
		</Base.CheckboxItem>
	);
}

/** A row that opens a submenu. */
export function MenuSub({ icon, label, children }: { icon: LucideIcon; label: string; children: ReactNode }) {
	return (
		<Base.SubmenuRoot>
			<Base.SubmenuTrigger className={`${row} data-popup-open:bg-hover`}>
				<Icon of={icon} size={14} className="text-ink-3" />
				<span className="min-w-0 flex-1">{label}</span>
				<Icon of={ChevronRight} size={14} className="text-ink-3" />
			</Base.SubmenuTrigger>
			<Base.Portal render={<section aria-label={label} />}>
				<Base.Positioner sideOffset={2} alignOffset={-5} collisionPadding={8} className="z-50 outline-none">
					<Base.Popup className={`${menuPopupClass} max-w-72`}>{children}</Base.Popup>
				</Base.Positioner>
			</Base.Portal>
		</Base.SubmenuRoot>
	);
}

/** A separator between groups of a menu. */
export function MenuLine() {
	return <Base.Separator className="my-1 h-px bg-line" />;
}

export { Base as MenuParts, row as menuRowClass };
