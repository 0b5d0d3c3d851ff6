import type { Page } from 'playwright-core';

interface Shown {
	readonly title: string;
	readonly body: string;
}

/**
 * Puts notifications that are only noted in the place of the browser's, for pages opened from now on: the person says yes
 * when asked, and looks at something else meanwhile.
 */
export async function noteNotifications(page: Page): Promise<{ shown(): Promise<readonly Shown[]> }> {
	await page.addInitScript(() => {
		const shown: Shown[] = [];
		class Noted {
			static permission: NotificationPermission = 'default';
			static async requestPermission() {
				Noted.permission = 'granted';
				return Noted.permission;
			}
			onclick = null;
			constructor(title: string, { body = '' }: NotificationOptions = {}) {
				shown.push({ title, body });
			}
			close() {}
		}
		Object.assign(globalThis, { Notification: Noted, shownNotifications: shown });
		document.hasFocus = () => false;
	});
	return {
		shown: () => page.evaluate(() => (globalThis as unknown as { shownNotifications: Shown[] }).shownNotifications),
	};
}
