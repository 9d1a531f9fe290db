import { byId, setText } from './dom.js';

/** Asks before something that can't be taken back. */
export function confirm(title, text, yes, dangerous) {
  const dialog = byId('confirm');
  setText('confirm-title', title);
  setText('confirm-text', text);
  setText('confirm-yes', yes);
  byId('confirm-yes').className = dangerous ? 'danger' : 'primary';
  return new Promise((resolve) => {
    let answer = false;
    byId('confirm-yes').onclick = () => {
      answer = true;
      dialog.close();
    };
    dialog.addEventListener('close', () => resolve(answer), { once: true });
    dialog.showModal();
  });
}
