import type { Page } from 'playwright-core';

interface Shown {
	readonly title: string;
	readonly body: string;
}

/**
 * Replaces the browser's notifications with ones that are only recorded, for pages opened from now on: the user grants
 * permission, and another window is in front.
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
