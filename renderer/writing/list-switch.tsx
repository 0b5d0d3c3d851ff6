import type { MouseEvent } from 'react';
import { useStore } from 'zustand';
import { formatRoute, type Route } from '../app/route.ts';
import { chatRoute } from '../conversation/thread/thread-state.ts';
import { t } from '../messages/t.ts';
import { useServices } from '../services.ts';

/** Switches the list of Chat between conversations and pages; hidden until there is a page. */
export function ListSwitch() {
	const { layout, pages, thread } = useServices();
	const writing = useStore(layout.state, ({ route }) => route.section === 'write');
	const some = useStore(pages.state, (state) => state.pages.length > 0 || state.trash.length > 0);
	const chat = useStore(thread.state, (state) => formatRoute(chatRoute(state)));
	if (!some && !writing) return null;
	const go = (event: MouseEvent, route: Route): void => {
		event.preventDefault();
		layout.go(route);
		// The other list has a switch of its own; the keyboard stays on it.
		if (event.detail === 0)
			requestAnimationFrame(() => document.querySelector<HTMLElement>('[data-list-switch] [aria-current]')?.focus());
	};
	const choice =
		'flex h-6 flex-1 items-center justify-center rounded-[6px] text-xs font-medium text-ink-2 no-underline aria-[current]:bg-raised aria-[current]:text-ink aria-[current]:shadow-control aria-[current]:inset-ring aria-[current]:inset-ring-line-strong';
	return (
		<nav
			data-list-switch
			aria-label={t('Conversations or pages')}
			className="mx-1 mb-1.5 flex flex-none gap-0.5 rounded-[8px] border border-line bg-sunken p-0.5"
		>
			<a
				href={chat}
				aria-current={writing ? undefined : 'page'}
				className={choice}
				onClick={(event) => go(event, chatRoute(thread.state.getState()))}
			>
				{t('Conversations')}
			</a>
			<a
				href={formatRoute({ section: 'write', pageId: null })}
				aria-current={writing ? 'page' : undefined}
				className={choice}
				onClick={(event) => go(event, { section: 'write', pageId: null })}
			>
				{t('Pages')}
			</a>
		</nav>
	);
}
