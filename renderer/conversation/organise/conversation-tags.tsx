import { Archive, Folder } from 'lucide-react';
import { useStore } from 'zustand';
import type { Conversation } from '../../../electron/contract/conversation.ts';
import { Badge } from '../../design/badge.tsx';
import { useServices } from '../../services.ts';

/** Beside the title: where the conversation stands and its tags; a tag leads to all that carry it. */
export function ConversationTags({ conversation }: { conversation: Conversation }) {
	const { layout, organisation } = useServices();
	const overview = useStore(organisation.state, (state) => state.overview);
	const folder = overview?.folders.find(({ id }) => id === conversation.folderId);
	const tags = overview?.tags.filter(({ id }) => conversation.tagIds.includes(id)) ?? [];
	return (
		<div className="flex h-6 min-w-0 flex-wrap items-center gap-1 overflow-hidden max-md:hidden">
			{conversation.archivedAt === null ? null : (
				<Badge tone="plain" icon={Archive}>
					Archived
				</Badge>
			)}
			{folder === undefined ? null : (
				<Badge tone="plain" icon={Folder}>
					<span className="max-w-32 truncate leading-4">{folder.name}</span>
				</Badge>
			)}
			{tags.map(({ id, name }) => (
				<button
					key={id}
					type="button"
					title={`Show all with the tag ${name}`}
					onClick={() => {
						organisation.show({ kind: 'tag', tagId: id });
						layout.set(matchMedia('(min-width: 820px)').matches ? { listOpen: true } : { listOverlay: true });
					}}
					className="inline-flex h-6 min-w-6 flex-none items-center rounded-sm px-[7px] text-xs font-medium text-ink-2 inset-ring inset-ring-line-strong hover:bg-hover"
				>
					<span className="max-w-32 truncate">{name}</span>
				</button>
			))}
		</div>
	);
}
