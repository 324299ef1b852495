// Everything the console does in the browser begins here. Without it every page still works by
// links and forms.
import * as forms from './forms.js';
import * as idle from './idle.js';
import * as keys from './keys.js';
import * as live from './live.js';
import * as poll from './poll.js';
import * as thread from './thread.js';

const root = document.documentElement;
const systemDark = matchMedia('(prefers-color-scheme: dark)');

function theme(button) {
  const isDark = () => (root.dataset.theme ?? (systemDark.matches ? 'dark' : 'light')) === 'dark';
  const show = () => button.setAttribute('aria-pressed', String(isDark()));
  button.addEventListener('click', () => {
    const wanted = isDark() ? 'light' : 'dark';
    const bySystem = systemDark.matches ? 'dark' : 'light';
    if (wanted === bySystem) {
      delete root.dataset.theme;
      localStorage.removeItem('theme');
    } else {
      root.dataset.theme = wanted;
      localStorage.setItem('theme', wanted);
    }
    show();
  });
  systemDark.addEventListener('change', show);
  show();
}

document.querySelectorAll('[data-theme-toggle]').forEach(theme);
forms.listen();
keys.listen();
idle.start();
poll.start();
if (document.getElementById('panes')) {
  thread.listen();
  thread.begin();
  live.start();
}
