import {
	Box,
	BrainCircuit,
	Database,
	HardDrive,
	Info,
	Keyboard,
	LifeBuoy,
	type LucideIcon,
	Monitor,
	RefreshCw,
	Server,
	Shield,
	SlidersHorizontal,
	Wrench,
} from 'lucide-react';
import { type ReactNode, useEffect, useRef, useState } from 'react';
import { useStore } from 'zustand';
import { ScreenHeader, ScreenTitle } from '../design/headers.tsx';
import { Icon } from '../design/icon.tsx';
import { FactsSection } from '../memory/memory-section.tsx';
import { t } from '../messages/t.ts';
import { useServices } from '../services.ts';
import { ToolsSection } from '../tools/tools-section.tsx';
import { AboutSection } from './about-section.tsx';
import { AnswersSection } from './answers-section.tsx';
import { AppearanceSection } from './appearance-section.tsx';
import { DataSection } from './data-section.tsx';
import { DiagnosticsSection } from './diagnostics-section.tsx';
import { KeyboardSection } from './keyboard-section.tsx';
import { MemorySection } from './memory-section.tsx';
import { PrivacySection } from './privacy-section.tsx';
import { ServerSection } from './server-section.tsx';
import { StorageSection } from './storage-section.tsx';
import { UpdatesSection } from './updates-section.tsx';

const parts: readonly { id: string; label: string; icon: LucideIcon; body: () => ReactNode }[] = [
	{ id: 'appearance', label: t('Appearance'), icon: Monitor, body: AppearanceSection },
	{ id: 'answers', label: t('Answers'), icon: SlidersHorizontal, body: AnswersSection },
	{ id: 'memory', label: t('Models'), icon: Box, body: MemorySection },
	{
		id: 'facts',
		label: t('Memory', {}, 'what is remembered about the person'),
		icon: BrainCircuit,
		body: FactsSection,
	},
	{ id: 'keyboard', label: t('Keyboard'), icon: Keyboard, body: KeyboardSection },
	{ id: 'privacy', label: t('Privacy'), icon: Shield, body: PrivacySection },
	{ id: 'tools', label: t('Tools'), icon: Wrench, body: ToolsSection },
	{ id: 'server', label: t('Server'), icon: Server, body: ServerSection },
	{ id: 'updates', label: t('Updates'), icon: RefreshCw, body: UpdatesSection },
	{ id: 'data', label: t('Data'), icon: Database, body: DataSection },
	{ id: 'storage', label: t('Storage'), icon: HardDrive, body: StorageSection },
	{ id: 'diagnostics', label: t('Diagnostics'), icon: LifeBuoy, body: DiagnosticsSection },
	{ id: 'about', label: t('About'), icon: Info, body: AboutSection },
];

/** Distance from the top of the page, in px, of the line that determines the current part. */
const readingLine = 80;

/**
 * All settings on one page; the names on the left link to its parts and mark the current one. Every change takes effect
 * at once.
 */
export function SettingsScreen() {
	const { layout } = useServices();
	const part = useStore(layout.state, ({ route }) => (route.section === 'settings' ? route.part : null));
	const box = useRef<HTMLDivElement>(null);
	const [seen, setSeen] = useState('appearance');
	useEffect(() => {
		if (part !== null) showPart(box.current, part);
	}, [part]);
	useEffect(() => {
		const element = box.current;
		const content = element?.firstElementChild;
		if (element === null || content === null || content === undefined) return;
		// Parts are filled and grow without a scroll.
		const observer = new ResizeObserver(() => setSeen(findPartInView(element)));
		observer.observe(content);
		return () => observer.disconnect();
	}, []);
	return (
		<>
			<ScreenHeader>
				<ScreenTitle>{t('Settings')}</ScreenTitle>
			</ScreenHeader>
			<div className="flex min-h-0 flex-1">
				<nav
					aria-label={t('Settings sections')}
					className="flex w-44 flex-none flex-col gap-0.5 overflow-y-auto border-r border-line p-2 max-md:w-13"
				>
					{parts.map(({ id, label, icon }) => (
						<a
							key={id}
							href={`#/settings/${id}`}
							aria-label={label}
							aria-current={seen === id ? 'true' : undefined}
							onClick={(event) => {
								event.preventDefault();
								layout.go({ section: 'settings', part: id });
								showPart(box.current, id);
							}}
							className="flex h-7.5 flex-none items-center gap-2 rounded-[6px] px-2 text-ink-2 no-underline hover:bg-hover aria-[current]:bg-selected aria-[current]:font-medium aria-[current]:text-ink"
						>
							<Icon of={icon} size={14} className="text-ink-3" />
							<span className="truncate max-md:hidden">{label}</span>
						</a>
					))}
				</nav>
				<div
					ref={box}
					onScroll={(event) => setSeen(findPartInView(event.currentTarget))}
					// Positioned, so that what only readers hear lies within it, not below the page.
					className="relative min-h-0 flex-1 overflow-y-auto px-6"
				>
					{/* Enough space below the last part that it can also scroll to the top. */}
					<div className="max-w-(--reading) pb-[calc(0.5*var(--window-height))]">
						{parts.map(({ id, label, body: Body }) => (
							<section
								key={id}
								id={`part-${id}`}
								aria-labelledby={`head-${id}`}
								className="border-b border-line py-5 last:border-b-0"
							>
								<h2
									id={`head-${id}`}
									tabIndex={-1}
									className="mb-3 text-md font-semibold tracking-[-0.01em] outline-none"
								>
									{label}
								</h2>
								<div className="flex flex-col gap-4">
									<Body />
								</div>
							</section>
						))}
					</div>
				</div>
			</div>
		</>
	);
}

/** Scrolls to a part and focuses its heading, so that Tab goes on in it. */
function showPart(box: HTMLElement | null, part: string): void {
	box?.querySelector(`#part-${CSS.escape(part)}`)?.scrollIntoView({ block: 'start' });
	box?.querySelector<HTMLElement>(`#head-${CSS.escape(part)}`)?.focus({ preventScroll: true });
}

/** Returns the last part that starts above the reading line. */
function findPartInView(box: HTMLElement): string {
	const line = box.getBoundingClientRect().top + readingLine;
	const over = parts.findLast(({ id }) => {
		const element = box.querySelector(`#part-${id}`);
		return element !== null && element.getBoundingClientRect().top <= line;
	});
	return over?.id ?? 'appearance';
}
