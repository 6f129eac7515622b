document.body.textContent = "Glowjar";
