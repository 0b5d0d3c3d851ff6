import { expect, test, vi } from 'vitest';
import { createEndNotification } from '../../../renderer/evaluation/end-notification.ts';

/** A browser whose user answers `answer` to the permission prompt. */
function browser(permission: NotificationPermission, answer: NotificationPermission = 'granted') {
	const shown: { title: string; options: NotificationOptions; onclick: (() => void) | null }[] = [];
	class Fake {
		static permission = permission;
		static requestPermission = async () => {
			Fake.permission = answer;
			return answer;
		};
		onclick = null;
		constructor(title: string, options: NotificationOptions) {
			shown.push(Object.assign(this, { title, options }));
		}
		close() {}
	}
	return { api: Fake as unknown as typeof Notification, shown };
}

const run = { id: 3, name: 'Sums', status: 'done', progress: { done: 1200, errors: 2 }, failure: null } as never;

test('once permitted, a notification announces the end of an unwatched run, and leads back', async () => {
	vi.stubGlobal('window', { focus: vi.fn() });
	const { api, shown } = browser('default');
	let seen = false;
	const notice = createEndNotification(api, () => seen);
	const show = vi.fn();
	expect(notice.state.getState().notice).toBe('possible');
	notice.tell(run, show);
	expect(shown).toEqual([]);
	await notice.ask();
	expect(notice.state.getState().notice).toBe('on');
	notice.tell(run, show);
	expect(shown).toMatchObject([
		{ title: 'Sums is done', options: { body: '1,200 answers, 2 failed', tag: 'assay-run-3' } },
	]);
	shown[0]?.onclick?.();
	expect(show).toHaveBeenCalledOnce();
	seen = true;
	notice.tell(run, show);
	expect(shown).toHaveLength(1);
	vi.unstubAllGlobals();
});

test('a denied permission is respected, and a browser without notifications offers nothing', async () => {
	const { api, shown } = browser('default', 'denied');
	const notice = createEndNotification(api, () => false);
	await notice.ask();
	expect(notice.state.getState().notice).toBe('none');
	notice.tell(run, () => {});
	expect(shown).toEqual([]);
	expect(createEndNotification(undefined).state.getState().notice).toBe('none');
});
