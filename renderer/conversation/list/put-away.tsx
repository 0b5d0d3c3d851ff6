import { Archive, Trash } from 'lucide-react';
import { useStore } from 'zustand';
import { formatRoute } from '../../app/layout.ts';
import { formatCount } from '../../design/format.ts';
import { Icon } from '../../design/icon.tsx';
import { useServices } from '../../services.ts';

const entry =
	'flex h-7.5 min-w-0 flex-1 items-center gap-2 rounded-[6px] px-2 text-ink-2 no-underline hover:bg-hover aria-[current]:bg-selected aria-[current]:font-medium aria-[current]:text-ink aria-pressed:bg-selected aria-pressed:font-medium aria-pressed:text-ink';

/** Below the list: where what is out of it went. */
export function ArchiveAndTrashLinks() {
	const { layout, organisation } = useServices();
	const archived = useStore(organisation.state, ({ overview }) => overview?.archived ?? 0);
	const inTrash = useStore(organisation.state, ({ overview }) => overview?.inTrash ?? 0);
	const archiveShown = useStore(organisation.state, ({ view }) => view.kind === 'archive');
	const trashShown = useStore(layout.state, ({ route }) => route.section === 'trash');
	return (
		<nav aria-label="Put away" className="mb-1.5 flex flex-none gap-0.5 border-t border-line pt-1.5">
			<button
				type="button"
				aria-pressed={archiveShown}
				onClick={() => organisation.show(archiveShown ? { kind: 'home' } : { kind: 'archive' })}
				className={entry}
			>
				<Icon of={Archive} size={14} className="text-ink-3" />
				<span className="flex-1">Archive</span>
				<Count of={archived} />
			</button>
			<a
				href={formatRoute({ section: 'trash' })}
				aria-current={trashShown ? 'page' : undefined}
				onClick={(event) => {
					event.preventDefault();
					layout.go({ section: 'trash' });
				}}
				className={entry}
			>
				<Icon of={Trash} size={14} className="text-ink-3" />
				<span className="flex-1">Trash</span>
				<Count of={inTrash} />
			</a>
		</nav>
	);
}

function Count({ of: value }: { of: number }) {
	return value === 0 ? null : (
		<span className="text-2xs font-normal text-ink-3 tabular-nums">{formatCount(value)}</span>
	);
}
