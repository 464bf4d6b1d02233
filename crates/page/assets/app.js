/* What the pages do beyond links and forms. Everything here also works as a plain link or form,
   save the palette, the keys and movement inside a grid. Listeners sit on the document, so that
   parts swapped in later need no wiring. */
(() => {
  'use strict';
  const $ = (selector, root = document) => root.querySelector(selector);
  const $$ = (selector, root = document) => [...root.querySelectorAll(selector)];
  const root = document.documentElement;
  const typing = (element) => element.closest('input, textarea, select, dialog[open], [contenteditable]');
  const on = (event, selector, act) =>
    document.addEventListener(event, (e) => {
      const found = e.target instanceof Element && e.target.closest(selector);
      if (found) act(e, found);
    });

  /* --- Theme: shown at once, kept by the server ------------------------------------------- */
  const isDark = () =>
    root.dataset.theme ? root.dataset.theme === 'dark' : matchMedia('(prefers-color-scheme: dark)').matches;
  on('submit', 'form[data-theme-toggle]', (e, form) => {
    e.preventDefault();
    const theme = isDark() ? 'light' : 'dark';
    root.dataset.theme = theme;
    const body = new URLSearchParams({ theme, next: '/' });
    fetch(form.action, { method: 'POST', body, redirect: 'manual', keepalive: true });
  });
  /* Forms that come back to this page come back to its query as well. */
  on('submit', 'form[data-here]', (_, form) => {
    const next = $('input[name=next]', form);
    if (next) next.value = location.pathname + location.search;
  });

  on('click', '[data-print]', () => print());
  on('click', '[data-keys]', () => $('#keys')?.showModal());
  on('click', '[data-close]', (_, button) => button.closest('.toast')?.remove());
  on('click', 'dialog', (e, dialog) => e.target === dialog && dialog.close());
  on('change', '[data-submit]', (_, control) => control.form?.requestSubmit());

  /* --- Toasts: good news leaves by itself, bad news stays --------------------------------- */
  const leave = (toast) => setTimeout(() => toast.remove(), toast.querySelector('[data-undo]') ? 10000 : 6000);
  const watchToasts = () => {
    const place = $('#toasts');
    if (!place || place.dataset.watched) return;
    place.dataset.watched = '1';
    $$('.toast:not([data-stays])', place).forEach(leave);
    new MutationObserver((changes) => changes.forEach((change) => change.addedNodes.forEach((node) => {
      if (node instanceof Element && node.matches('.toast:not([data-stays])')) leave(node);
    }))).observe(place, { childList: true });
  };

  /* --- Palette: a list box driven from a combo box ---------------------------------------- */
  const palette = () => $('#cmdk');
  const options = () => $$('[role=option]:not([hidden])', palette());
  const pick = (index) => {
    const list = options();
    list.forEach((option, n) => option.setAttribute('aria-selected', String(n === index)));
    const chosen = list[index];
    const input = $('#cmdq');
    if (chosen?.id) input.setAttribute('aria-activedescendant', chosen.id);
    else input.removeAttribute('aria-activedescendant');
    chosen?.scrollIntoView({ block: 'nearest' });
  };
  const picked = () => options().findIndex((option) => option.getAttribute('aria-selected') === 'true');
  const filter = () => {
    const wanted = $('#cmdq').value.trim().toLowerCase();
    $$('[role=option]:not([data-hit])', palette()).forEach((option) => {
      option.hidden = !option.textContent.toLowerCase().includes(wanted);
    });
    /* A heading without an entry left falls away. */
    $$('[data-head]', palette()).forEach((head) => {
      let next = head.nextElementSibling;
      while (next?.matches('[role=option]:not([data-hit])') && next.hidden) next = next.nextElementSibling;
      head.hidden = !next?.matches('[role=option]:not([data-hit])');
    });
    $('[data-none]', palette()).hidden = options().length > 0;
    pick(0);
  };
  const openPalette = () => {
    const dialog = palette();
    if (!dialog || dialog.open) return;
    dialog.showModal();
    $('#cmdq').value = '';
    showHits('');
    filter();
    $('#cmdq').focus();
  };
  const showHits = (markup) => {
    $$('[data-hit]', palette()).forEach((hit) => hit.remove());
    const parsed = new DOMParser().parseFromString('<ul>' + markup + '</ul>', 'text/html');
    /* Hits come in groups, each under a heading of its own. */
    $$('li', parsed).forEach((hit, n) => {
      hit.dataset.hit = '';
      if (hit.matches('[role=option]')) hit.id = 'hit-' + n;
      $$('a', hit).forEach((link) => { link.tabIndex = -1; });
      palette().querySelector('ul').append(hit);
    });
  };
  let waiting = 0;
  let asked = 0;
  const lookUp = (wanted) => {
    clearTimeout(waiting);
    const mine = ++asked;
    if (!wanted) { showHits(''); filter(); return; }
    waiting = setTimeout(async () => {
      try {
        const answer = await fetch('/search?q=' + encodeURIComponent(wanted), { headers: { 'HX-Request': 'true', 'HX-Request-Type': 'partial' } });
        const markup = answer.ok ? await answer.text() : '';
        if (mine !== asked || !palette()?.open) return;
        showHits(markup);
        filter();
      } catch { /* the entries above still work */ }
    }, 140);
  };
  on('click', '[data-cmdk]', openPalette);
  on('input', '#cmdq', (_, input) => { filter(); lookUp(input.value.trim()); });
  on('keydown', '#cmdk', (e) => {
    const count = options().length;
    const step = { ArrowDown: 1, ArrowUp: -1 }[e.key];
    if (step && count) { e.preventDefault(); pick((picked() + step + count) % count); }
    if (e.key === 'Enter') { e.preventDefault(); const chosen = options()[picked()]; if (chosen) $('a', chosen)?.click(); }
    /* A search field would only empty itself. */
    if (e.key === 'Escape') { e.preventDefault(); palette().close(); }
  });

  /* --- Keys -------------------------------------------------------------------------------- */
  let jumping = 0;
  const jump = (key) => {
    const link = $$('a[data-jump]').find((a) => a.dataset.jump.toLowerCase() === key);
    if (link) location.assign(link.href);
    return Boolean(link);
  };
  const moveRow = (step) => {
    const rows = $$('main tbody tr.two, main tbody tr[data-row]').filter((row) => row.offsetParent !== null);
    if (!rows.length) return;
    const at = rows.findIndex((row) => row.classList.contains('cur'));
    const next = rows[Math.max(0, Math.min(rows.length - 1, at + step))];
    if (at >= 0) rows[at].classList.remove('cur');
    next.classList.add('cur');
    next.scrollIntoView({ block: 'nearest' });
  };
  const openRow = () => $('main tr.cur a[href]')?.click();
  const press = (selector) => {
    const found = $$(selector).find((button) => !button.disabled && button.offsetParent !== null);
    found?.click();
    return Boolean(found);
  };
  const plain = {
    '?': () => $('#keys')?.showModal(),
    /* A list has a search of its own. */
    '/': () => { const field = $('main [data-search]'); if (field) { field.focus(); field.select(); } else openPalette(); },
    x: () => { const box = $('main tr.cur input[name=pick]'); box?.click(); return Boolean(box); },
    j: () => moveRow(1),
    k: () => moveRow(-1),
    p: () => ($('[data-print]') ? print() : false),
    f: () => { const first = $('main [data-filter], main .filters a'); first?.focus(); return Boolean(first); },
    n: () => press('main [data-new]'),
    a: () => press('main tr.cur [data-approve]'),
    Enter: () => openRow(),
  };
  document.addEventListener('keydown', (e) => {
    const control = e.ctrlKey || e.metaKey;
    if (control && !e.altKey) {
      if (e.key.toLowerCase() === 'k') { e.preventDefault(); openPalette(); return; }
      if (e.key === 'Enter' && press('[data-confirm]')) { e.preventDefault(); return; }
      /* Inside a field, undoing what was typed is the browser's. */
      const dirty = e.target.closest?.('input, textarea') && e.target.value !== e.target.defaultValue;
      if (e.key.toLowerCase() === 'z' && !e.shiftKey && !dirty && press('[data-undo]')) e.preventDefault();
      return;
    }
    if (e.altKey || e.isComposing || document.body.dataset.keys === 'off' || !(e.target instanceof Element) || typing(e.target)) return;
    if (jumping) {
      clearTimeout(jumping);
      jumping = 0;
      if (jump(e.key.toLowerCase())) { e.preventDefault(); return; }
    }
    if (e.key === 'g') { jumping = setTimeout(() => { jumping = 0; }, 900); return; }
    if (e.key === 'Enter' && e.target.closest('a, button, summary')) return;
    const act = plain[e.key];
    if (act && act() !== false) e.preventDefault();
  });

  /* --- Lists: rows picked, chips that open -------------------------------------------------- */
  const countPicked = (form) => {
    const boxes = $$('input[name=pick]', form);
    const picked = boxes.filter((box) => box.checked).length;
    const place = $('[data-picked]', form);
    if (place) place.textContent = String(picked);
    const all = $('[data-pick-all]', form);
    if (all) { all.checked = picked === boxes.length; all.indeterminate = 0 < picked && picked < boxes.length; }
  };
  on('change', '[data-pick-all]', (_, all) => {
    $$('input[name=pick]', all.form).forEach((box) => { box.checked = all.checked; });
    countPicked(all.form);
  });
  on('change', 'input[name=pick]', (_, box) => countPicked(box.form));
  /* One menu is open at a time, and a press elsewhere or Esc closes it. */
  const closePicks = (but) => $$('details[data-pick][open]').forEach((pick) => { if (pick !== but) pick.open = false; });
  document.addEventListener('click', (e) => closePicks(e.target.closest?.('details[data-pick]')));
  on('keydown', '[data-search]', (e, field) => { if (e.key === 'Escape') field.blur(); });
  on('keydown', 'details[data-pick]', (e, pick) => {
    if (e.key === 'Escape') { pick.open = false; $('summary', pick).focus(); }
  });
  document.addEventListener('htmx:before:request', () => $('#main')?.setAttribute('aria-busy', 'true'));
  document.addEventListener('htmx:finally:request', () => $('#main')?.removeAttribute('aria-busy'));

  /* --- Grid: a table of fields, moved through like a spreadsheet --------------------------- */
  const fieldsOf = (row) => $$('input:not([type=hidden])', row);
  const move = (input, rowStep, columnStep) => {
    const table = input.closest('table');
    const cell = input.closest('td, th');
    const row = cell.parentElement;
    if (columnStep) {
      const fields = fieldsOf(row);
      fields[fields.indexOf(input) + columnStep]?.focus();
      return;
    }
    const rows = [...table.tBodies].flatMap((body) => [...body.rows]);
    for (let at = rows.indexOf(row) + rowStep; rows[at]; at += rowStep) {
      const next = rows[at].cells[cell.cellIndex] && fieldsOf(rows[at].cells[cell.cellIndex])[0];
      if (next && !next.disabled) { next.focus(); return; }
    }
  };
  const edge = (input, toEnd) => {
    if (input.selectionStart === null) return true;
    const all = input.selectionStart === 0 && input.selectionEnd === input.value.length;
    return all || (toEnd ? input.selectionStart === input.value.length : input.selectionEnd === 0);
  };
  on('keydown', 'table[data-grid] input', (e, input) => {
    if (e.isComposing || e.altKey || e.ctrlKey || e.metaKey) return;
    const go = (rowStep, columnStep) => { e.preventDefault(); move(input, rowStep, columnStep); };
    if (e.key === 'ArrowDown') go(1, 0);
    else if (e.key === 'ArrowUp') go(-1, 0);
    else if (e.key === 'ArrowRight' && edge(input, true)) go(0, 1);
    else if (e.key === 'ArrowLeft' && edge(input, false)) go(0, -1);
    else if (e.key === 'Enter') go(e.shiftKey ? -1 : 1, 0);
    else if (e.key === 'Escape') { input.value = input.defaultValue; input.select(); }
    else if (e.key === 'l' || e.key === 'L') {
      e.preventDefault();
      const cell = input.closest('td, th');
      ($('[data-lock]', cell) || $('[data-lock]', cell.parentElement))?.click();
    }
  });
  on('focusin', 'table[data-grid] input', (_, input) => {
    input.select();
    input.closest('td')?.classList.add('focus');
  });
  on('focusout', 'table[data-grid] input', (_, input) => input.closest('td')?.classList.remove('focus'));
  /* A cell swapped while it has the focus gives the focus to its successor of the same id. */
  let focused = '';
  document.addEventListener('htmx:before:swap', () => { focused = document.activeElement?.id || ''; });
  document.addEventListener('htmx:after:swap', () => {
    /* A page swapped in whole may stand outside the house, or inside it again. */
    document.body.className = $('main.main') ? 'app' : '';
    if (focused && document.activeElement?.id !== focused) document.getElementById(focused)?.focus();
    watchToasts();
  });

  watchToasts();
})();
