import { useEffect, useState } from 'react';
import { useStore } from 'zustand';
import { useServices } from '../../services.ts';

/** The text in the search field. The store holds what was searched for; the field what is typed. */
export function useSearchText(): { text: string; setText: (text: string) => void } {
	const { conversations } = useServices();
	const [text, setText] = useState(() => {
		const { search } = conversations.state.getState();
		return search.status === 'off' ? '' : search.text;
	});
	const off = useStore(conversations.state, ({ search }) => search.status === 'off');
	useEffect(() => {
		if (off) setText((typed) => (typed.trim() === '' ? typed : ''));
	}, [off]);
	return {
		text,
		setText(next) {
			setText(next);
			conversations.search(next);
		},
	};
}
