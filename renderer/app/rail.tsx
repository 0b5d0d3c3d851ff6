import {
	Activity,
	Box,
	FlaskConical,
	LibraryBig,
	type LucideIcon,
	MessageSquare,
	Scale,
	ScrollText,
	Settings2,
	Table2,
	ThumbsUp,
} from 'lucide-react';
import { Fragment } from 'react';
import { useStore } from 'zustand';
import { chatRoute } from '../conversation/thread/thread-state.ts';
import { Icon } from '../design/icon.tsx';
import { Tooltip } from '../design/tooltip.tsx';
import { t } from '../messages/t.ts';
import { useServices } from '../services.ts';
import { formatShortcut, type ShortcutId } from './keyboard/key-bindings.ts';
import { Logo } from './logo.tsx';
import { formatRoute, parseRoute, type Section, sectionStart } from './route.ts';
import { sectionNames } from './section-names.ts';
import { useWindowWidth } from './use-window-width.ts';

/** The sections in the order of the rail, which is that of their number keys. */
export const railSections = [
	{ section: 'chat', icon: MessageSquare },
	{ section: 'evaluate', icon: FlaskConical },
	{ section: 'compare', icon: Scale },
	{ section: 'models', icon: Box },
	{ section: 'datasets', icon: Table2 },
	{ section: 'documents', icon: LibraryBig },
	{ section: 'prompts', icon: ScrollText },
	{ section: 'feedback', icon: ThumbsUp },
	{ section: 'activity', icon: Activity },
	{ section: 'settings', icon: Settings2 },
] as const satisfies readonly { section: Section & ShortcutId; icon: LucideIcon }[];

/** The sections, on the far left. It lists only those that exist. */
export function Rail() {
	const wide = useWindowWidth() === 'wide';
	return (
		<nav
			aria-label={t('Sections')}
			data-region
			className="drag flex min-h-0 flex-col items-center overflow-x-hidden overflow-y-auto [scrollbar-width:none] *:flex-none gap-0.5 pt-3 pb-1.5 [grid-area:rail] [[data-platform=darwin]_&]:pt-12"
		>
			<div className="mb-3.5">
				<Logo size={wide ? 30 : 26} label="Assay" />
			</div>
			{railSections.map(({ section, icon }) => (
				<Fragment key={section}>
					{section === 'models' ? <div className="my-2 h-px w-6 bg-line-strong" /> : null}
					{section === 'activity' ? <div className="flex-1!" /> : null}
					<RailLink section={section} icon={icon} wide={wide} />
				</Fragment>
			))}
		</nav>
	);
}

function RailLink({ section, icon, wide }: { section: Section & ShortcutId; icon: LucideIcon; wide: boolean }) {
	const { layout, thread } = useServices();
	const label = sectionNames[section];
	// The trash and the pages have no link of their own; they belong to the conversation list.
	const current = useStore(
		layout.state,
		({ route }) => (route.section === 'trash' || route.section === 'write' ? 'chat' : route.section) === section,
	);
	const address = useStore(thread.state, (state) =>
		formatRoute(section === 'chat' ? chatRoute(state) : sectionStart(section)),
	);
	return (
		<Tooltip text={label} keys={formatShortcut(section)} side="right">
			<a
				href={address}
				aria-current={current ? 'page' : undefined}
				aria-label={label}
				onClick={(event) => {
					event.preventDefault();
					layout.go(parseRoute(address));
				}}
				className={`group flex flex-col items-center gap-0.5 rounded-[8px] font-medium text-ink-2 no-underline hover:bg-hover aria-[current]:bg-selected aria-[current]:text-ink ${
					wide ? 'w-15 pt-[5px] pb-1 text-2xs tracking-[0.002em]' : 'w-9 py-2'
				}`}
			>
				<Icon of={icon} size={18} className="group-aria-[current]:text-accent-ink" />
				{wide ? <span className="text-center">{label}</span> : null}
			</a>
		</Tooltip>
	);
}
