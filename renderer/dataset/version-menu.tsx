import { ChevronsUpDown, Lock, PencilLine } from 'lucide-react';
import { useStore } from 'zustand';
import type { DatasetVersion } from '../../electron/contract/dataset/schema.ts';
import { formatDate } from '../design/format.ts';
import { Icon } from '../design/icon.tsx';
import { Menu, MenuItem } from '../design/menu.tsx';
import { t } from '../messages/t.ts';
import { useServices } from '../services.ts';
import { shownVersion } from './dataset-store.ts';

/** Shows the version on the screen and lets the user choose another. */
export function VersionMenu() {
	const { datasets } = useServices();
	const shown = useStore(datasets.state, shownVersion);
	const versions = useStore(datasets.state, (state) => state.versions);
	if (shown === undefined) return null;
	return (
		<Menu
			align="start"
			width={280}
			trigger={
				<button
					type="button"
					aria-label={
						shown.frozenAt === null
							? t('v{number} draft: choose version', { number: shown.number })
							: t('v{number} frozen: choose version', { number: shown.number })
					}
					className="inline-flex h-7 flex-none items-center gap-1.5 rounded-md px-1.5 text-xs text-ink-2 hover:bg-hover data-popup-open:bg-hover"
				>
					<Icon of={shown.frozenAt === null ? PencilLine : Lock} size={12} />
					{shown.frozenAt === null
						? t('v{number} draft', { number: shown.number })
						: t('v{number} frozen', { number: shown.number })}
					<Icon of={ChevronsUpDown} size={12} className="text-ink-3" />
				</button>
			}
		>
			{versions.map((version) => (
				<MenuItem
					key={version.id}
					icon={version.frozenAt === null ? PencilLine : Lock}
					selected={version.id === shown.id}
					onSelect={() => datasets.showVersion(version.id)}
				>
					<span className="block py-1">
						{version.frozenAt === null ? t('v{number} draft', { number: version.number }) : `v${version.number}`}
						<span className="block truncate text-xs text-ink-3">{describeVersion(version)}</span>
					</span>
				</MenuItem>
			))}
		</Menu>
	);
}

/** Describes a version: "160 samples, 24 Nov 2026, first import". */
export function describeVersion({ samples, createdAt, frozenAt, note }: DatasetVersion): string {
	return [
		t('{samples, plural, one {# sample} other {# samples}}', { samples }),
		formatDate(frozenAt ?? createdAt),
		note,
	]
		.filter((part) => part !== '')
		.join(', ');
}
